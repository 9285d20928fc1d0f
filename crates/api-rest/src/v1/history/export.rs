//! Everything that is kept of a person, page by page: memory stays the same however much it is, and a client that
//! stops reading stops the work.

use std::io;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use futures_util::{Stream, stream};
use http::{HeaderValue, header};
use jiff::Timestamp;
use rebound_domain::history::{Export, ExportPage};
use rebound_domain::{Error, Result as DomainResult};
use serde::Serialize;
use tracing::Instrument as _;
use utoipa::ToSchema;

use super::action_items::ActionItemView;
use super::call::Call;
use super::person::EntryView;
use super::query;
use super::view::{RejectionView, Showing};
use crate::Api;
use crate::auth::{Authorized, ReadDiary};
use crate::edge::span;
use crate::errors::{Common, OnOne};
use crate::problem::Refusal;

/// Everything that is kept of a person.
#[derive(ToSchema)]
#[schema(as = UserExport)]
#[expect(dead_code, reason = "describes the document; it is written piece by piece")]
pub(super) struct ExportView<'a> {
    /// Whose it is.
    #[schema(example = "emp-1042")]
    user_id: &'a str,
    /// When the export began.
    #[schema(value_type = String, format = DateTime)]
    exported_at: Timestamp,
    /// Newest first.
    rejections: Vec<RejectionView<'a>>,
    /// In the order in which they were made.
    action_items: Vec<ActionItemView<'a>>,
    /// Newest first.
    timeline: Vec<EntryView<'a>>,
}

/// The lists of the document, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Rejections,
    ActionItems,
    Timeline,
}

/// A document that is under way.
struct Document {
    api: Arc<Api>,
    export: Export,
    showing: Showing,
    user_id: String,
    section: Section,
    is_first: bool,
    out: Vec<u8>,
}

impl Document {
    /// Writes the next page and answers whether there was one; the end is written after the last.
    async fn turn(&mut self) -> DomainResult<bool> {
        let Some(page) = self.api.history.export_page(&mut self.export).await? else {
            self.enter(Section::Timeline);
            self.out.extend_from_slice(b"]}");
            return Ok(false);
        };
        let safety = || Some(self.showing.safety());
        let written = match &page {
            ExportPage::Rejections(found) => {
                let views = found.iter().map(|it| RejectionView::new(&self.showing, &self.user_id, it));
                (Section::Rejections, texts(views)?)
            }
            ExportPage::ActionItems(found) => {
                (Section::ActionItems, texts(found.iter().map(|it| ActionItemView::new(it, safety())))?)
            }
            ExportPage::Entries(found) => (Section::Timeline, texts(found.iter().map(EntryView::new))?),
        };
        self.enter(written.0);
        for text in written.1 {
            if !std::mem::take(&mut self.is_first) {
                self.out.push(b',');
            }
            self.out.extend_from_slice(&text);
        }
        Ok(true)
    }

    /// Ends the lists before this one.
    fn enter(&mut self, section: Section) {
        while self.section != section {
            let (next, text) = match self.section {
                Section::Rejections => (Section::ActionItems, &b"],\"action_items\":["[..]),
                Section::ActionItems | Section::Timeline => (Section::Timeline, &b"],\"timeline\":["[..]),
            };
            self.out.extend_from_slice(text);
            (self.section, self.is_first) = (next, true);
        }
    }

    /// The document in chunks. A failure breaks it off, so that nobody takes what came for all there is.
    fn stream(self, has_more: bool) -> impl Stream<Item = io::Result<Bytes>> {
        let span = span();
        let chunk = |state: Option<(Self, bool)>| async move {
            let (mut document, mut has_more) = state?;
            while document.out.is_empty() && has_more {
                match document.turn().await {
                    Ok(turned) => has_more = turned,
                    Err(error) => {
                        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                        tracing::error!(code = error.kind.row().code, cause, "an export broke off");
                        return Some((Err(io::Error::other("the export broke off")), None));
                    }
                }
            }
            let chunk = Bytes::from(std::mem::take(&mut document.out));
            let next = has_more.then_some((document, true));
            Some((Ok(chunk), next))
        };
        // What is read belongs to the request, although its answer has begun.
        stream::unfold(Some((self, has_more)), move |state| chunk(state).instrument(span.clone()))
    }
}

fn texts(views: impl Iterator<Item = impl Serialize>) -> DomainResult<Vec<Vec<u8>>> {
    views.map(|view| serde_json::to_vec(&view).map_err(Error::internal)).collect()
}

/// Export a person
///
/// Everything that is kept of the person, streamed as one JSON document. A body that breaks off is not complete.
#[utoipa::path(
    get,
    path = "/v1/users/{user_id}/export",
    operation_id = "exportUser",
    tag = "history",
    security(("api_key" = ["diary:read"])),
    extensions(("x-streamed" = json!(true))),
    params(query::UserPath),
    responses(
        (
            status = 200,
            description = "Everything",
            body = ExportView,
            headers(("Content-Disposition" = String, description = "`attachment`")),
        ),
        Common,
        OnOne,
    )
)]
pub(super) async fn export_user(
    Authorized { caller, .. }: Authorized<ReadDiary>,
    State(api): State<Arc<Api>>,
    call: Call<()>,
) -> Result<Response, Refusal> {
    call.query(&[])?;
    let export = api.history.export(caller, &call.user_id)?;
    let showing = api.showing(&caller).await?;
    let user = serde_json::to_string(&call.user_id).map_err(Error::internal)?;
    let out = format!("{{\"user_id\":{user},\"exported_at\":\"{}\",\"rejections\":[", showing.now).into_bytes();
    let (section, user_id) = (Section::Rejections, call.user_id);
    let mut document = Document { api, export, showing, user_id, section, is_first: true, out };
    // What fails before anything was sent is an answer of its own.
    let has_more = document.turn().await?;
    let mut response = Response::new(Body::from_stream(document.stream(has_more)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let attachment = HeaderValue::from_static("attachment; filename=\"rebound-export.json\"");
    headers.insert(header::CONTENT_DISPOSITION, attachment);
    Ok(response)
}

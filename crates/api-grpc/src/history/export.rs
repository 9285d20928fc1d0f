//! Everything that is kept of a person, in a stream: the next page is read when the client has taken the one before,
//! so that memory stays at one page however much there is.

use bytes::{Bytes, BytesMut};
use futures_util::stream;
use http::HeaderValue;
use http_body::Frame;
use http_body_util::StreamBody;
use prost::Message;
use rebound_domain::Result;
use rebound_domain::history::{Export, ExportPage};
use tonic::Status;
use tonic::body::Body;

use super::desk::Desk;
use super::view;
use crate::call::Handed;
use crate::proto::v1;
use crate::proto::v1::export_user_response::Item;
use crate::status::{log, status, trailers};
use crate::wire::{FAST, head, write_frame};

/// Messages are sent on as soon as this much is ready.
const CHUNK_BYTES: usize = 16 * 1024;

/// `ExportUser`: the head of the response, before anything is read.
///
/// # Errors
/// Those of the domain.
pub(super) fn export_user(desk: Desk, call: &Handed) -> Result<http::Response<Body>> {
    let export = desk.history().export(desk.caller, &desk.user_id)?;
    let gzip = call.accepts_gzip;
    let walk = Walk { desk, export, page: None, gzip, request_id: call.request_id.clone() };
    let frames = stream::unfold(Some(walk), |walk| async {
        let mut walk = walk?;
        Some(match walk.chunk().await {
            Ok(Some(chunk)) => (Ok::<_, Status>(Frame::data(chunk)), Some(walk)),
            Ok(None) => (Ok(Frame::trailers(trailers(&Status::ok("")))), None),
            Err(error) => {
                log(&error, walk.request_id.to_str().unwrap_or_default());
                (Ok(Frame::trailers(trailers(&status(&error)))), None)
            }
        })
    });
    Ok(head(Body::new(StreamBody::new(frames)), gzip))
}

/// An export on its way out.
struct Walk {
    desk: Desk,
    export: Export,
    /// What was read and not yet sent, with the position of the next thing.
    page: Option<(ExportPage, usize)>,
    gzip: bool,
    request_id: HeaderValue,
}

impl Walk {
    /// The next messages; `None` at the end.
    async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let mut out = BytesMut::new();
        while out.is_empty() {
            let (page, mut next) = match self.page.take() {
                Some(page) => page,
                None => match self.desk.history().export_page(&mut self.export).await? {
                    Some(page) => (page, 0),
                    None => return Ok(None),
                },
            };
            while out.len() < CHUNK_BYTES
                && let Some(message) = self.message(&page, next)
            {
                next += 1;
                // Writing into memory that grows has no way to fail.
                write_frame(&mut out, self.gzip.then_some(FAST), |out| message.encode(out).unwrap_or_default());
            }
            if out.len() >= CHUNK_BYTES {
                self.page = Some((page, next));
            }
        }
        Ok(Some(out.freeze()))
    }

    fn message(&self, page: &ExportPage, place: usize) -> Option<v1::ExportUserResponse> {
        let item = match page {
            ExportPage::Rejections(all) => Item::Rejection(Box::new(self.desk.rejection(all.get(place)?))),
            ExportPage::ActionItems(all) => Item::ActionItem(self.desk.action_item(all.get(place)?.clone())),
            ExportPage::Entries(all) => Item::Entry(view::entry(all.get(place)?.clone())),
        };
        Some(v1::ExportUserResponse { item: Some(item) })
    }
}

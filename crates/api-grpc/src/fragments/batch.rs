//! Fragments for many contexts in one call.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;
use prost::Message as _;
use rebound_domain::catalog::Catalogs;
use rebound_domain::fragments::{Batch, Defaults};
use rebound_domain::{Error, FieldError, Result};

use super::input::{self, Asked};
use super::view;
use crate::batch::{AnswerMessages, Out, item_error, reference};
use crate::proto::v1;
use crate::proto::v1::batch_render_fragments_response::Result as Content;
use crate::wire::decode;

/// Answers the messages of one call.
pub(crate) struct Answers {
    /// Those that were published when the batch began: one call is answered alike from its first item to its last.
    catalogs: Arc<Catalogs>,
    /// The metadata that says which languages are accepted.
    languages: HeaderMap,
    /// None: they were refused, and with them every item.
    defaults: Option<Defaults>,
    batch: Batch,
    has_begun: bool,
    /// Of a trial.
    samples: Option<Vec<v1::Fragment>>,
}

impl Answers {
    /// Answers in the languages that the metadata of a call accepts.
    pub(crate) fn new(catalogs: Arc<Catalogs>, metadata: &HeaderMap) -> Self {
        let languages = metadata.get(ACCEPT_LANGUAGE).map(|wishes| (ACCEPT_LANGUAGE, wishes.clone()));
        Self {
            batch: Batch::new(Arc::clone(&catalogs), false),
            catalogs,
            languages: languages.into_iter().collect(),
            defaults: Some(Defaults::default()),
            has_begun: false,
            samples: None,
        }
    }

    fn set_defaults(&mut self, read: Result<Defaults>, is_first: bool, out: &mut Out) {
        match read {
            Ok(defaults) => self.defaults = Some(defaults),
            Err(error) => {
                if is_first {
                    self.defaults = None;
                }
                write(String::new(), Content::Error(item_error(&error)), out);
            }
        }
    }

    fn answer_item(
        &mut self,
        reference: String,
        context: Option<&v1::Context>,
        asked: Asked,
        errors: Vec<FieldError>,
        out: &mut Out,
    ) {
        let catalogs = &self.catalogs;
        let request = match &self.defaults {
            Some(defaults) => input::request(catalogs, &self.languages, context, asked, defaults, errors),
            None => Err(Defaults::refused()),
        };
        let item = self
            .batch
            .serve(request, |request, fragment| view::named(catalogs.get(request.catalog), request, fragment));
        match (item, &mut self.samples) {
            (Ok(item), Some(samples)) => samples.extend(item.first),
            (Ok(item), None) => {
                if let Some(fragment) = item.first {
                    write(String::new(), Content::Fragment(fragment), out);
                }
                write(reference, Content::FragmentId(item.fragment_id.to_string()), out);
            }
            (Err(error), _) => write(reference, Content::Error(item_error(&error)), out),
        }
    }
}

impl AnswerMessages for Answers {
    fn answer(&mut self, message: Bytes, out: &mut Out) {
        let asked: v1::BatchRenderFragmentsRequest = match decode(message) {
            Ok(asked) => asked,
            Err(error) => return self.refuse(&error, out),
        };
        let is_first = !std::mem::replace(&mut self.has_begun, true);
        let mut errors = Vec::new();
        if asked.dry_run && is_first {
            self.batch = Batch::new(Arc::clone(&self.catalogs), true);
            self.samples = Some(Vec::new());
        } else if asked.dry_run {
            errors.push(FieldError::new("/dry_run", "allowed: in the first request alone"));
        }
        if let Some(defaults) = asked.defaults {
            let is_alone = asked.context.is_none() && asked.r#ref.is_empty() && errors.is_empty();
            let read = if is_first && is_alone {
                input::defaults(&self.catalogs, &self.languages, of_defaults(defaults))
            } else {
                Err(Defaults::late())
            };
            return self.set_defaults(read, is_first, out);
        }
        let reference = reference(asked.r#ref, &mut errors);
        let item = Asked {
            locale: asked.locale,
            catalog_version: asked.catalog_version,
            max_tips: asked.max_tips,
            formats: asked.formats,
            budget_bytes: asked.budget_bytes,
            heading_level: asked.heading_level,
            brand: asked.brand,
            merge_tags: asked.merge_tags,
        };
        self.answer_item(reference, asked.context.as_ref(), item, errors, out);
    }

    fn refuse(&mut self, error: &Error, out: &mut Out) {
        self.has_begun = true;
        self.batch.count_unreadable();
        write(String::new(), Content::Error(item_error(error)), out);
    }

    fn end(&mut self, out: &mut Out) {
        if let Some(samples) = self.samples.take()
            && let Some(found) = self.batch.summary()
        {
            write(String::new(), Content::Summary(view::summary(found, samples)), out);
        }
    }
}

fn of_defaults(defaults: v1::FragmentDefaults) -> Asked {
    let v1::FragmentDefaults {
        locale,
        max_tips,
        formats,
        budget_bytes,
        heading_level,
        brand,
        merge_tags,
        catalog_version,
    } = defaults;
    Asked { locale, catalog_version, max_tips, formats, budget_bytes, heading_level, brand, merge_tags }
}

fn write(reference: String, content: Content, out: &mut Out) {
    let message = v1::BatchRenderFragmentsResponse { r#ref: reference, result: Some(content) };
    // Writing into memory that grows has no way to fail.
    out.message(|out| message.encode(out).unwrap_or_default());
}

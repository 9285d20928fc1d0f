//! Guidance for many situations in one call. Remembered answers are spliced in as they are.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;
use prost::encoding;
use rebound_domain::catalog::{Catalog, Catalogs, ResolvedLocale};
use rebound_domain::{Error, Result};

use super::request;
use crate::batch::{AnswerMessages, Out, item_error, reference, write_bytes};
use crate::proto::v1;
use crate::service::Core;
use crate::wire::{Answer, decode};

/// The numbers of the fields of `BatchGetGuidanceResponse`.
const REF: u32 = 1;
const GUIDANCE: u32 = 2;
const ERROR: u32 = 3;

/// Answers each message as a request of its own.
pub(crate) struct Answers {
    core: Arc<Core>,
    /// Those that were published when the batch began: one call is answered alike from its first item to its last.
    catalogs: Arc<Catalogs>,
    /// The language of items that name neither one nor a version of the catalog.
    accepted: ResolvedLocale,
    /// The metadata that says which languages are accepted, for items that name a version.
    languages: HeaderMap,
}

impl Answers {
    /// Answers in the languages that the metadata of a call accepts.
    pub(crate) fn new(core: Arc<Core>, catalogs: Arc<Catalogs>, metadata: &HeaderMap) -> Self {
        let accepted = crate::locale::accepted(catalogs.current(), metadata);
        let languages = metadata.get(ACCEPT_LANGUAGE).map(|wishes| (ACCEPT_LANGUAGE, wishes.clone()));
        Self { core, catalogs, accepted, languages: languages.into_iter().collect() }
    }
}

impl AnswerMessages for Answers {
    fn answer(&mut self, message: Bytes, out: &mut Out) {
        let asked: v1::BatchGetGuidanceRequest = match decode(message) {
            Ok(asked) => asked,
            Err(error) => return self.refuse(&error, out),
        };
        let v1::BatchGetGuidanceRequest { r#ref, context, locale, limit, explain, catalog_version } = asked;
        let mut errors = Vec::new();
        let reference = reference(r#ref, &mut errors);
        let accepted = match catalog_version {
            None => |answers: &Self, _: &Catalog| answers.accepted.clone(),
            Some(_) => |answers: &Self, catalog: &Catalog| crate::locale::accepted(catalog, &answers.languages),
        };
        let asked = v1::GetGuidanceRequest { context, locale, limit, explain, catalog_version };
        let request = request(&self.catalogs, asked, |catalog| accepted(self, catalog), errors);
        let answer = request.map(|request| self.core.guidance(&self.catalogs, &request));
        write(&reference, answer.as_ref(), out);
    }

    fn put_off(&mut self, message: Bytes, error: &Error, out: &mut Out) {
        let asked = decode::<v1::BatchGetGuidanceRequest>(message).map(|asked| asked.r#ref);
        let reference = asked.map(|asked| reference(asked, &mut Vec::new())).unwrap_or_default();
        write(&reference, Err(error), out);
    }

    fn refuse(&mut self, error: &Error, out: &mut Out) {
        write("", Err(error), out);
    }
}

fn write(reference: &str, result: Result<&Answer, &Error>, out: &mut Out) {
    out.message(|out| {
        if !reference.is_empty() {
            write_bytes(REF, reference.as_bytes(), out);
        }
        match result {
            Ok(answer) => write_bytes(GUIDANCE, answer.message(), out),
            Err(error) => encoding::message::encode(ERROR, &item_error(error), out),
        }
    });
}

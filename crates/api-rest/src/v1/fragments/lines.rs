//! Fragments for many contexts in one call, line by line: the same over HTTP and on the command line.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use rebound_domain::Error;
use rebound_domain::catalog::Catalogs;
use rebound_domain::fragments::{Batch, Confirmations, Defaults, Fragment, Previewing, Spooled};
use serde_json::value::{RawValue, to_raw_value};

use super::input::Input;
use super::view::{FragmentView, NamedView, SummaryView};
use crate::batch::{AnswerLines, write, write_error};
use crate::lines::{Line, Lines};

/// Answers the lines of one call.
pub(super) struct FragmentLines {
    catalogs: Arc<Catalogs>,
    headers: HeaderMap,
    /// None: they were refused, and with them every item.
    defaults: Option<Defaults>,
    batch: Batch,
    has_begun: bool,
    /// Of a trial.
    samples: Option<Vec<Box<RawValue>>>,
    /// Of a trial that can be confirmed.
    preview: Option<Preview>,
    failed: u64,
}

/// A trial that can be confirmed, and who seals it.
pub(super) struct Preview {
    pub(super) confirmations: Arc<Confirmations>,
    pub(super) items: Previewing,
}

/// The same for a file that is read piece by piece, without a server.
pub struct FragmentFile {
    lines: Lines,
    answers: FragmentLines,
    out: BytesMut,
}

impl FragmentFile {
    /// A file that has not been read. With `dry_run` it is a trial.
    #[must_use]
    pub fn new(catalogs: Arc<Catalogs>, dry_run: bool) -> Self {
        let answers = FragmentLines::new(catalogs, HeaderMap::new(), dry_run);
        Self { lines: Lines::default(), answers, out: BytesMut::new() }
    }

    /// What the lines are answered with that end in these bytes.
    pub fn push(&mut self, bytes: &[u8]) -> Bytes {
        self.lines.push(bytes);
        for line in self.lines.by_ref() {
            self.answers.answer_any(&line, &mut self.out);
        }
        self.out.split().freeze()
    }

    /// What is left to be said when the file has ended.
    pub fn finish(&mut self) -> Bytes {
        if let Some(line) = self.lines.take_rest() {
            self.answers.answer_any(&line, &mut self.out);
        }
        self.answers.end(&mut self.out);
        self.out.split().freeze()
    }

    /// How many lines were wrong so far.
    #[must_use]
    pub const fn failed(&self) -> u64 {
        self.answers.failed
    }
}

impl FragmentLines {
    /// A call that has not begun, with headers of which one may name languages. With `dry_run` it counts and shows samples
    /// instead of naming a fragment for each item.
    pub(super) fn new(catalogs: Arc<Catalogs>, headers: HeaderMap, dry_run: bool) -> Self {
        Self {
            batch: Batch::new(Arc::clone(&catalogs), dry_run),
            catalogs,
            headers,
            defaults: Some(Defaults::default()),
            has_begun: false,
            samples: dry_run.then(Vec::new),
            preview: None,
            failed: 0,
        }
    }

    /// A trial that can be confirmed.
    pub(super) fn preview(catalogs: Arc<Catalogs>, headers: HeaderMap, preview: Preview) -> Self {
        Self { preview: Some(preview), ..Self::new(catalogs, headers, true) }
    }

    fn note(&mut self, item: Spooled<'_>) {
        if let Some(preview) = &mut self.preview {
            preview.items.note(item);
        }
    }

    fn answer_line(&mut self, line: &[u8], out: &mut BytesMut) {
        let input = match Input::from_json(line) {
            Ok(input) => input,
            Err(error) => return self.refuse_line(&error, out),
        };
        let is_first = !std::mem::replace(&mut self.has_begun, true);
        if input.is_defaults() {
            let read =
                if is_first { input.into_defaults(&self.catalogs, &self.headers) } else { Err(Defaults::late()) };
            match read {
                Ok(defaults) => self.defaults = Some(defaults),
                Err(error) => {
                    if is_first {
                        self.defaults = None;
                    }
                    self.failed += 1;
                    write_error(None, &error, out);
                }
            }
            return;
        }
        let reference = input.reference().map(ToOwned::to_owned);
        self.answer_item(reference.as_deref(), input, out);
    }

    fn refuse_line(&mut self, error: &Error, out: &mut BytesMut) {
        self.has_begun = true;
        self.failed += 1;
        self.batch.count_unreadable();
        write_error(None, error, out);
    }

    fn answer_item(&mut self, reference: Option<&str>, input: Input, out: &mut BytesMut) {
        let request = match &self.defaults {
            Some(defaults) => input.into_request(&self.catalogs, &self.headers, defaults, true),
            None => Err(Defaults::refused()),
        };
        let catalogs = Arc::clone(&self.catalogs);
        let item = self.batch.serve(request, |request, fragment| {
            let view = FragmentView::new(catalogs.get(request.catalog), request, &fragment);
            to_raw_value(&NamedView { id: Fragment::id(fragment.tag).to_string(), fragment: view })
        });
        let item = item.and_then(|item| Ok((item.fragment_id, item.first.transpose().map_err(Error::internal)?)));
        match (item, &mut self.samples) {
            (Ok((_, first)), Some(samples)) => samples.extend(first),
            (Ok((id, first)), None) => {
                if let Some(fragment) = first {
                    write(None, "fragment", fragment.get().as_bytes(), out);
                }
                write(reference, "fragment_id", format!("\"{id}\"").as_bytes(), out);
            }
            (Err(error), _) => {
                self.failed += 1;
                write_error(reference, &error, out);
            }
        }
    }
}

impl AnswerLines for FragmentLines {
    fn answer(&mut self, line: &[u8], out: &mut BytesMut) {
        self.note(Spooled::Whole(line));
        self.answer_line(line, out);
    }

    fn refuse(&mut self, error: &Error, out: &mut BytesMut) {
        self.note(Spooled::Unreadable(error));
        self.refuse_line(error, out);
    }

    fn put_off(&mut self, line: &Line, error: &Error, out: &mut BytesMut) {
        // What was not looked at cannot be confirmed.
        self.preview = None;
        self.failed += 1;
        self.batch.count_unreadable();
        write_error(line.reference().as_deref(), error, out);
    }

    fn end(&mut self, out: &mut BytesMut) {
        if let Some(samples) = self.samples.take()
            && let Some(summary) = self.batch.summary()
        {
            let confirmation =
                self.preview.take().and_then(|preview| preview.confirmations.confirmation(&preview.items));
            let view = SummaryView::new(&summary, &samples, confirmation.as_ref());
            let json = serde_json::to_vec(&view).unwrap_or_default();
            write(None, "summary", &json, out);
        }
    }
}

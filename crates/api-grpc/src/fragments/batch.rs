//! Fragments for many contexts in one call.

use std::sync::Arc;

use bytes::Bytes;
use http::header::ACCEPT_LANGUAGE;
use http::{HeaderMap, HeaderValue};
use prost::Message as _;
use rebound_domain::access::Caller;
use rebound_domain::catalog::Catalogs;
use rebound_domain::fragments::{Batch, Confirmations, Defaults, Items, Previewing, Released, Spool, Spooled};
use rebound_domain::governance::BulkConfirmation;
use rebound_domain::id::TenantId;
use rebound_domain::limits::Toll;
use rebound_domain::{Error, FieldError, Result};

use super::input::{self, Asked};
use super::view;
use crate::batch::{AnswerMessages, Out, item_error, reference};
use crate::proto::v1;
use crate::proto::v1::batch_render_fragments_response::Result as Content;
use crate::service::Core;
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
    preview: Option<Previewing>,
    desk: Desk,
    held: Held,
    /// Why nothing more is read.
    broken: Option<Error>,
}

/// Whose call it is, and who seals its previews.
struct Desk {
    tenant: TenantId,
    confirmations: Arc<Confirmations>,
    confirmation: BulkConfirmation,
}

/// Requests that are held back until all of them are known to be those that were previewed.
enum Held {
    No,
    Back(Spool),
    Released(Items),
}

impl Answers {
    /// Answers a caller in the languages that the metadata of the call accepts.
    ///
    /// # Errors
    /// `Unavailable` if the database is away and nothing is known of the tenant.
    pub(crate) async fn new(core: &Core, caller: Option<Caller>, metadata: &HeaderMap) -> Result<Self> {
        let Caller { tenant, .. } = caller.ok_or_else(|| Error::internal("a batch that needs no key"))?;
        let catalogs = core.catalogs.of(tenant).await?;
        let confirmation = core.governance.bulk_confirmation(tenant).await?;
        let desk = Desk { tenant, confirmations: Arc::clone(&core.confirmations), confirmation };
        let languages = metadata.get(ACCEPT_LANGUAGE).map(|wishes| (ACCEPT_LANGUAGE, wishes.clone()));
        Ok(Self {
            batch: Batch::new(Arc::clone(&catalogs), false),
            catalogs,
            languages: languages.into_iter().collect(),
            defaults: Some(Defaults::default()),
            has_begun: false,
            samples: None,
            preview: None,
            desk,
            held: Held::No,
            broken: None,
        })
    }

    /// Whether the call is a trial, or comes after one: its first request says so.
    fn begin(&mut self, dry_run: bool, token: Option<&str>) -> Result<()> {
        let Desk { tenant, confirmations, confirmation } = &self.desk;
        let options = self.languages.get(ACCEPT_LANGUAGE).map(HeaderValue::as_bytes).unwrap_or_default();
        match (dry_run, token) {
            (true, None) => {
                self.preview = Some(confirmations.preview(*tenant, &self.catalogs, options));
                self.batch = Batch::new(Arc::clone(&self.catalogs), true);
                self.samples = Some(Vec::new());
            }
            (true, Some(_)) => return Err(Error::invalid(vec![Confirmations::of_a_trial()])),
            (false, None) if *confirmation == BulkConfirmation::Required => return Err(Confirmations::required()),
            (false, None) => {}
            (false, Some(token)) => {
                self.held = Held::Back(confirmations.confirm(token, *tenant, &self.catalogs, options)?);
            }
        }
        Ok(())
    }

    /// Takes note of a request, and answers it unless it is held back.
    fn take(&mut self, item: Spooled<'_>, answer: impl FnOnce(&mut Self)) {
        if self.broken.is_some() {
            return;
        }
        if let Some(preview) = &mut self.preview {
            preview.note(item);
        }
        match &mut self.held {
            Held::Back(spool) => self.broken = spool.push(item).err(),
            Held::No | Held::Released(_) => answer(self),
        }
    }

    /// Takes the first request, which says what kind of call this is; the rest of it is what can be previewed.
    fn take_first(&mut self, message: Bytes, out: &mut Out) {
        let (mut message, mut dry_run, mut token) = (message, false, None);
        if let Ok(mut first) = decode::<v1::BatchRenderFragmentsRequest>(message.clone()) {
            dry_run = std::mem::take(&mut first.dry_run);
            token = first.confirm_token.take();
            message = first.encode_to_vec().into();
        }
        self.broken = self.begin(dry_run, token.as_deref()).err();
        self.take(Spooled::Whole(&message), |this| this.answer_message(message.clone(), true, out));
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

    fn answer_message(&mut self, message: Bytes, is_first: bool, out: &mut Out) {
        let asked: v1::BatchRenderFragmentsRequest = match decode(message) {
            Ok(asked) => asked,
            Err(error) => return self.refuse_message(&error, out),
        };
        let mut errors = Vec::new();
        for (name, is_there) in [("/dry_run", asked.dry_run), ("/confirm_token", asked.confirm_token.is_some())] {
            if is_there {
                errors.push(FieldError::new(name, "allowed: in the first request alone"));
            }
        }
        if let Some(defaults) = asked.defaults {
            let is_alone = asked.context.is_none() && asked.r#ref.is_empty() && errors.is_empty();
            let read = if is_first && is_alone {
                input::defaults(&self.catalogs, &self.languages, defaults.into())
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

    fn refuse_message(&mut self, error: &Error, out: &mut Out) {
        self.batch.count_unreadable();
        write(String::new(), Content::Error(item_error(error)), out);
    }

    /// Says why a request is not answered that a limit speaks against.
    fn put_off_message(&mut self, message: Bytes, error: &Error, out: &mut Out) {
        let asked = decode::<v1::BatchRenderFragmentsRequest>(message).map(|asked| asked.r#ref);
        let reference = asked.map(|asked| reference(asked, &mut Vec::new())).unwrap_or_default();
        self.batch.count_unreadable();
        write(reference, Content::Error(item_error(error)), out);
    }

    /// Answers one of the requests that were held back; answers whether there was one.
    fn answer_released(&mut self, toll: &mut Toll, out: &mut Out) -> bool {
        let Held::Released(mut items) = std::mem::replace(&mut self.held, Held::No) else { return false };
        let is_first = !std::mem::replace(&mut self.has_begun, true);
        let Some(item) = items.give() else { return false };
        // The first one was paid for when it came.
        let paid = if is_first { Ok(()) } else { toll.pay() };
        match (paid, item) {
            (Ok(()), Released::Whole(message)) => {
                self.answer_message(Bytes::copy_from_slice(message), is_first, out);
            }
            (_, Released::Unreadable(error)) => self.refuse_message(&error, out),
            (Err(error), Released::Whole(message)) => {
                self.put_off_message(Bytes::copy_from_slice(message), &error, out);
            }
        }
        self.held = Held::Released(items);
        true
    }
}

impl AnswerMessages for Answers {
    fn answer(&mut self, message: Bytes, out: &mut Out) {
        if std::mem::replace(&mut self.has_begun, true) {
            self.take(Spooled::Whole(&message), |this| this.answer_message(message.clone(), false, out));
        } else {
            self.take_first(message, out);
        }
    }

    fn refuse(&mut self, error: &Error, out: &mut Out) {
        if !std::mem::replace(&mut self.has_begun, true) {
            self.broken = self.begin(false, None).err();
        }
        self.take(Spooled::Unreadable(error), |this| this.refuse_message(error, out));
    }

    fn put_off(&mut self, message: Bytes, error: &Error, out: &mut Out) {
        // What was not looked at cannot be confirmed.
        self.preview = None;
        self.put_off_message(message, error, out);
    }

    fn broken(&mut self) -> Option<Error> {
        self.broken.take()
    }

    fn holds_back(&self) -> bool {
        matches!(self.held, Held::Back(_))
    }

    /// All that were held back are paid for before the first one is answered, unless they are more than can ever be paid
    /// for at once: then each is when its turn comes.
    fn end(&mut self, toll: &mut Toll, out: &mut Out) -> Result<bool> {
        self.held = match std::mem::replace(&mut self.held, Held::No) {
            Held::Back(spool) => {
                self.has_begun = false;
                let items = spool.release()?;
                toll.pay_ahead(items.len().saturating_sub(1))?;
                Held::Released(items)
            }
            held => held,
        };
        if self.answer_released(toll, out) {
            return Ok(true);
        }
        if let Some(samples) = self.samples.take()
            && let Some(found) = self.batch.summary()
        {
            let confirmation = self.preview.take().and_then(|it| self.desk.confirmations.confirmation(&it));
            write(String::new(), Content::Summary(view::summary(found, samples, confirmation)), out);
        }
        Ok(false)
    }
}

fn write(reference: String, content: Content, out: &mut Out) {
    let message = v1::BatchRenderFragmentsResponse { r#ref: reference, result: Some(content) };
    // Writing into memory that grows has no way to fail.
    out.message(|out| message.encode(out).unwrap_or_default());
}

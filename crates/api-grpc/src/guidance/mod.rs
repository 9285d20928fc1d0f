//! Guidance: the advice for a situation, one at a time or many in a stream.

mod batch;
mod view;

use std::sync::Arc;

use http::HeaderMap;
use rebound_domain::access::Caller;
use rebound_domain::catalog::{Catalog, CatalogIndex, Catalogs, ResolvedLocale};
use rebound_domain::guidance::GuidanceRequest;
use rebound_domain::{Error, FieldError, Result};

pub(crate) use self::batch::Answers;
pub(crate) use self::view::{action, advised, guidance, overridden, sources, step_phase, timing};
use crate::context::draft;
use crate::locale;
use crate::proto::v1;
use crate::service::Core;
use crate::wire::Answer;

impl Core {
    /// The catalogs of the caller's tenant.
    ///
    /// # Errors
    /// `Unavailable`.
    pub(crate) async fn catalogs(&self, caller: Option<Caller>) -> Result<Arc<Catalogs>> {
        let caller = caller.ok_or_else(|| Error::internal("a method with a catalog that needs no key"))?;
        self.catalogs.of(caller.tenant).await
    }

    /// The answer to a request to one of these catalogs, from the memo if it is there.
    fn guidance(&self, catalogs: &Catalogs, request: &GuidanceRequest) -> Answer {
        let catalog = catalogs.get(request.catalog);
        self.memo.answer(request, || Answer::new(&view::guidance(catalog, request)))
    }
}

/// `GetGuidance`.
///
/// # Errors
/// `Invalid` with every field that is wrong.
pub(crate) fn get(
    core: &Core,
    catalogs: &Catalogs,
    metadata: &HeaderMap,
    asked: v1::GetGuidanceRequest,
) -> Result<Answer> {
    let accepted = |catalog: &Catalog| locale::accepted(catalog, metadata);
    Ok(core.guidance(catalogs, &request(catalogs, asked, accepted, Vec::new())?))
}

/// The request as the domain has it, unless it or what was checked before (`errors`) is wrong.
pub(crate) fn request(
    catalogs: &Catalogs,
    asked: v1::GetGuidanceRequest,
    accepted: impl FnOnce(&Catalog) -> ResolvedLocale,
    mut errors: Vec<FieldError>,
) -> Result<GuidanceRequest> {
    let v1::GetGuidanceRequest { context, locale, limit, explain, catalog_version } = asked;
    let index = catalogs.find(catalog_version.as_deref()).unwrap_or_else(|error| {
        errors.push(error);
        CatalogIndex::default()
    });
    let catalog = catalogs.get(index);
    let locale = locale::resolve(catalog, locale.as_deref(), || accepted(catalog), &mut errors);
    let context = match context {
        Some(context) => draft(&context).finish(),
        None => Err(vec![FieldError::new("/context", "required: an object that says what happened")]),
    };
    match context {
        Ok(context) if errors.is_empty() => {
            Ok(GuidanceRequest::new(context, locale, limit.map(i64::from), explain).to(index))
        }
        Ok(_) => Err(Error::invalid(errors)),
        Err(mut found) => {
            found.append(&mut errors);
            Err(Error::invalid(found))
        }
    }
}

//! The query parameters of the catalog.

use http::HeaderMap;
use rebound_domain::catalog::{Catalog, ResolvedLocale};
use rebound_domain::error::MAX_FIELD_ERRORS;
use rebound_domain::page::PageRequest;
use rebound_domain::{Error, FieldError, Result};
use utoipa::IntoParams;
use utoipa::openapi::{Object, Type};

use crate::body::{integer, pointer_to};
use crate::v1::guidance::resolve_locale;

/// The parameters of a document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; they are read by hand, to name every error")]
pub(crate) struct LocaleQuery {
    /// The BCP 47 tag of the language wanted; goes before `Accept-Language`.
    #[param(example = "en-GB", format = "bcp47")]
    locale: Option<String>,
}

/// The parameters of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; they are read by hand, to name every error")]
pub(crate) struct ListQuery {
    /// The BCP 47 tag of the language wanted; goes before `Accept-Language`.
    #[param(example = "en-GB", format = "bcp47")]
    locale: Option<String>,
    /// How many items a page has at most; clamped to 1 to 200. Absent: 50.
    #[param(example = 50, schema_with = whole_number)]
    page_size: Option<i64>,
    /// The `next_page_token` of the page before; absent for the first page.
    page_token: Option<String>,
}

/// Of any size: what is too large or too small is clamped, so no format bounds it.
fn whole_number() -> Object {
    Object::with_type(Type::Integer)
}

/// The parameters of a list that is in one language.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; they are read by hand, to name every error")]
pub(super) struct PageQuery {
    /// How many items a page has at most; clamped to 1 to 200. Absent: 50.
    #[param(example = 50, schema_with = whole_number)]
    page_size: Option<i64>,
    /// The `next_page_token` of the page before; absent for the first page.
    page_token: Option<String>,
}

/// The parameters as they came.
pub(crate) struct Query {
    pub(crate) locale: ResolvedLocale,
    page_size: Option<i64>,
    page_token: Option<String>,
}

impl Query {
    /// Reads a query string that may have what is `allowed`.
    pub(crate) fn parse(catalog: &Catalog, headers: &HeaderMap, query: Option<&str>, allowed: &[&str]) -> Result<Self> {
        let mut errors = Vec::new();
        let (mut locale, mut page_size, mut page_token) = (None, None, None);
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let is_repeated = match &*name {
                "locale" if allowed.contains(&"locale") => locale.replace(value.into_owned()).is_some(),
                "page_size" if allowed.contains(&"page_size") => {
                    if integer(&value).is_none() {
                        errors.push(FieldError::new("/page_size", "must be an integer"));
                    }
                    page_size.replace(integer(&value)).is_some()
                }
                "page_token" if allowed.contains(&"page_token") => page_token.replace(value.into_owned()).is_some(),
                other => {
                    if errors.len() < MAX_FIELD_ERRORS {
                        let detail = format!("no such parameter; allowed: {}", allowed.join(", "));
                        errors.push(FieldError::new(pointer_to(other), detail));
                    }
                    false
                }
            };
            if is_repeated {
                errors.push(FieldError::new(pointer_to(&name), "given more than once"));
            }
        }
        let page_size = page_size.flatten();
        let locale = resolve_locale(catalog, headers, locale, &mut errors);
        if errors.is_empty() { Ok(Self { locale, page_size, page_token }) } else { Err(Error::invalid(errors)) }
    }

    /// The page that is asked for, of the list at `path`.
    pub(crate) fn page(&self, path: &str) -> Result<PageRequest> {
        PageRequest::new(path, self.page_size, self.page_token.as_deref())
    }
}

//! Sparse answers: with the query parameter `fields` a client names the members that it wants, in the syntax of Google's
//! partial responses. The wish is read where the caller is known, before a handler runs, and granted where every answer
//! leaves; handlers know nothing of it. A request without the parameter pays for one search in its query.

mod mask;
mod schema;
#[cfg(test)]
mod tests;

use axum::extract::MatchedPath;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, Uri, header};
use http_body_util::BodyExt;
use rebound_domain::{Error, FieldError, Result};

use self::mask::Mask;
pub(crate) use self::schema::{Answers, SparseFields};
use crate::problem::Refusal;
use crate::representation::Representation;

/// The name of the parameter.
const PARAMETER: &str = "fields";

/// What a client wants to see of an answer.
#[derive(Debug)]
pub(crate) struct Wish {
    mask: Mask,
    /// Which codings the client takes. The handler is not told: it answers plain, so that the answer can be cut.
    codings: HeaderMap,
}

impl Wish {
    /// Whether a request to `uri` may have one; false for all but a few that have none.
    pub(crate) fn may_be_in(uri: &Uri) -> bool {
        uri.query().is_some_and(|query| query.contains(PARAMETER))
    }

    /// Takes the wish out of a request, so that the handler sees the request as it would be without.
    ///
    /// # Errors
    /// `Invalid` if it names what the answers of the operation do not have.
    pub(crate) fn take(answers: &Answers, parts: &mut Parts) -> Result<Option<Self>> {
        let Some(query) = parts.uri.query().filter(|_| Self::may_be_in(&parts.uri)) else { return Ok(None) };
        let method = if parts.method == Method::HEAD { &Method::GET } else { &parts.method };
        let route = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
        let Some(answer) = answers.of(method, route) else { return Ok(None) };
        let (mut wishes, mut others) = (Vec::new(), Vec::new());
        for pair in query.split('&') {
            match form_urlencoded::parse(pair.as_bytes()).next() {
                Some((name, wish)) if name == PARAMETER => wishes.push(wish.into_owned()),
                _ => others.push(pair),
            }
        }
        let refused = |detail: String| Error::invalid(vec![FieldError::new(format!("/{PARAMETER}"), detail)]);
        let mask = match &wishes[..] {
            [] => return Ok(None),
            [wish] => Mask::parse(wish, answers, answer).map_err(refused)?,
            _ => return Err(refused("given more than once".to_owned())),
        };
        parts.uri = with_query(&parts.uri, &others.join("&"))?;
        let mut codings = HeaderMap::new();
        while let Some(coding) = parts.headers.remove(header::ACCEPT_ENCODING) {
            codings.append(header::ACCEPT_ENCODING, coding);
        }
        Ok(Some(Self { mask, codings }))
    }

    /// The answer with nothing in it but what is wanted. Problems, which are written later, and answers that are no JSON
    /// stay as they are.
    pub(crate) async fn grant(&self, response: Response) -> Response {
        let is_json =
            response.headers().get(header::CONTENT_TYPE) == Some(&HeaderValue::from_static("application/json"));
        if !is_json {
            return response;
        }
        let (mut parts, body) = response.into_parts();
        // It was that of the whole answer.
        parts.headers.remove(header::CONTENT_LENGTH);
        let cut = match body.collect().await.map(http_body_util::Collected::to_bytes) {
            Ok(nothing) if nothing.is_empty() => Ok(Vec::new()),
            Ok(whole) => self.mask.cut(&whole).map_err(Error::internal),
            Err(error) => Err(Error::internal(error)),
        };
        match cut {
            Ok(json) => {
                let ready = Representation::new(json).respond(&self.codings);
                let coding = ready.headers().get(header::CONTENT_ENCODING).cloned();
                parts.headers.extend(coding.map(|coding| (header::CONTENT_ENCODING, coding)));
                Response::from_parts(parts, ready.into_body())
            }
            Err(error) => Refusal::from(error).into_response(),
        }
    }
}

fn with_query(uri: &Uri, query: &str) -> Result<Uri> {
    let path = uri.path();
    let target = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(target).map_err(Error::internal)?);
    Uri::from_parts(parts).map_err(Error::internal)
}

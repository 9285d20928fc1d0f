//! The OpenAPI 3.1 document, complete from the code: nothing is patched in afterwards.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, OpenApi};
use utoipa::{IntoParams, Modify, OpenApi as _};

use crate::components::enumerations;
use crate::errors::{problem_schema, shared_responses};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Rebound",
        description = "Turns a rejection into a next step: send what happened, get back what to do, in order, with the reason and the source of each step. The same operations exist over gRPC.\n\nA later version may add members to answers and values to enumerations: be ready for a value that you do not know, and treat it as unknown.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/", description = "This server")),
    security(("api_key" = [])),
    tags(
        (name = "guidance", description = "From what happened to what to do"),
        (name = "fragments", description = "Advice for somebody else's e-mail"),
        (name = "replies", description = "Words to send or to say, composed for a situation"),
        (name = "catalog", description = "The advice, its words and its sources"),
        (name = "drafts", description = "A check before something is sent"),
        (name = "send-time", description = "When to send a no"),
        (name = "history", description = "What happened to one person, what the person made of it, and what can be learned from it"),
        (name = "admin", description = "Tenants and their keys, settings and audit log"),
        (name = "overlays", description = "What a tenant changes about the catalog: edited as a draft, checked, previewed, published, rolled back"),
        (name = "operations", description = "For those who run the service; no key needed"),
    ),
    modifiers(&Components),
    components(schemas(crate::problem::ProblemField<'static>)),
)]
struct Document;

struct Components;

impl Modify for Components {
    fn modify(&self, document: &mut OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An API key, `rbk_…`, with the scope that the operation needs."))
            .build();
        let mut components = document.components.take().unwrap_or_else(|| ComponentsBuilder::new().build());
        components.security_schemes.insert("api_key".to_owned(), SecurityScheme::Http(scheme).into());
        components.schemas.insert("Problem".to_owned(), problem_schema());
        components.schemas.extend(enumerations().map(|(name, schema)| (name.to_owned(), schema)));
        components.responses.extend(shared_responses());
        document.components = Some(components);
    }
}

/// The header that chooses a language where no parameter does.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes the header; it is read where languages are resolved")]
pub(crate) struct Negotiated {
    /// The languages wanted, best first; what cannot be read in it is passed over.
    #[param(rename = "Accept-Language", example = "de-AT, de;q=0.9, en;q=0.5")]
    accept_language: Option<String>,
}

/// The header that asks for an answer only if it has changed.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes the header; it is read where entity tags are compared")]
pub(crate) struct Conditional {
    /// Entity tags of answers that the client has, or `*`: answered with 304 if one still holds.
    #[param(rename = "If-None-Match")]
    if_none_match: Option<String>,
}

/// The header under which a request is not done twice.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes the header; it is read where requests of a history are")]
pub(crate) struct Repeatable {
    /// A text of your own for this request, 1 to 255 visible ASCII characters. The same text with the same request
    /// answers what it answered at first, for 24 hours; with another request it is refused.
    #[param(
        rename = "Idempotency-Key",
        example = "0f6b7d1e-reject-42",
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]+$"
    )]
    idempotency_key: Option<String>,
}

/// The header that changes a thing only as it was when the client read it.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes the header; it is read where tags are compared")]
pub(crate) struct Unchanged {
    /// Entity tags from `ETag`, or `*`: refused with 412 if it has changed since.
    #[param(rename = "If-Match", example = "\"1\"")]
    if_match: Option<String>,
}

/// The same for a rejection, whose two sides are counted apart.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes the header; it is read where requests of a history are")]
pub(crate) struct UnchangedRejection {
    /// Entity tags from `ETag`, or `*`: refused with 412 if it has changed since.
    #[param(rename = "If-Match", example = "\"3.1\"")]
    if_match: Option<String>,
}

/// The document before the operations are added.
pub(crate) fn base() -> OpenApi {
    Document::openapi()
}

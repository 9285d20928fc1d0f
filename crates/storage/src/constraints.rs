//! The constraints of the schema that a client can violate, and what it is told then. PostgreSQL gives the name of the
//! constraint; SQLite gives its columns, or for a foreign key nothing, so each rule states both.

use rebound_domain::{Error, ErrorKind};
use sqlx::error::DatabaseError;

struct Rule {
    /// The name in both schemas, as PostgreSQL reports it.
    name: &'static str,
    /// The whole message of SQLite.
    sqlite: &'static str,
    kind: ErrorKind,
    detail: &'static str,
}

const RULES: [Rule; 9] = [
    Rule {
        name: "tenants_name_key",
        sqlite: "UNIQUE constraint failed: tenants.name",
        kind: ErrorKind::Conflict,
        detail: "A tenant with this name exists already.",
    },
    Rule {
        name: "api_keys_digest_key",
        sqlite: "UNIQUE constraint failed: api_keys.digest",
        kind: ErrorKind::Conflict,
        detail: "This API key exists already.",
    },
    Rule {
        name: "api_keys_tenant_fkey",
        sqlite: "FOREIGN KEY constraint failed",
        kind: ErrorKind::NotFound,
        detail: "There is no such tenant.",
    },
    Rule {
        name: "overlay_drafts_tenant_fkey",
        sqlite: "FOREIGN KEY constraint failed",
        kind: ErrorKind::NotFound,
        detail: "There is no such tenant.",
    },
    Rule {
        name: "overlay_versions_tenant_fkey",
        sqlite: "FOREIGN KEY constraint failed",
        kind: ErrorKind::NotFound,
        detail: "There is no such tenant.",
    },
    Rule {
        name: "people_tenant_fkey",
        sqlite: "FOREIGN KEY constraint failed",
        kind: ErrorKind::NotFound,
        detail: "There is no such tenant.",
    },
    Rule {
        name: "rejections_external_digest_key",
        sqlite: "UNIQUE constraint failed: rejections.tenant_id, rejections.external_digest",
        kind: ErrorKind::Conflict,
        detail: "Another user has this external reference.",
    },
    Rule {
        name: "rejections_pkey",
        sqlite: "UNIQUE constraint failed: rejections.tenant_id, rejections.user_ref, rejections.id",
        kind: ErrorKind::Conflict,
        detail: "This rejection exists already.",
    },
    Rule {
        name: "action_items_pkey",
        sqlite: "UNIQUE constraint failed: action_items.tenant_id, action_items.user_ref, action_items.id",
        kind: ErrorKind::Conflict,
        detail: "This action item exists already.",
    },
];

/// What to tell the client, if `error` is the violation of a rule that it can violate.
pub(crate) fn violated(error: &dyn DatabaseError) -> Option<Error> {
    let rule = match error.constraint() {
        Some(name) => RULES.iter().find(|rule| rule.name == name),
        None => RULES.iter().find(|rule| rule.sqlite == error.message()),
    };
    rule.map(|rule| Error::new(rule.kind, rule.detail))
}

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
        None => RULES.iter().find(|rule| rule.sqlite == error.message() || is_named(rule.name, error.message())),
    };
    rule.map(|rule| Error::new(rule.kind, rule.detail))
}

/// Whether a message names a constraint, with the number of a part of its table. That is all that Citus passes on, and
/// the words around it are in the language of the server.
fn is_named(constraint: &str, message: &str) -> bool {
    let mut words = message.split(|letter: char| letter != '_' && !letter.is_ascii_alphanumeric());
    words.any(|word| {
        let number = word.strip_prefix(constraint).and_then(|rest| rest.strip_prefix('_'));
        number.is_some_and(|number| number.parse::<u64>().is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_citus_names_one_rule() {
        for name in RULES.map(|rule| rule.name) {
            let message = format!("insert or update on table \"x_102043\" violates constraint \"{name}_102043\"");
            let named: Vec<&str> =
                RULES.map(|rule| rule.name).into_iter().filter(|it| is_named(it, &message)).collect();
            assert_eq!(named, [name]);
            assert!(!is_named(name, &format!("{name} {name}_key")));
        }
    }
}

//! The query parameters of a history, and the parameters of its paths as the OpenAPI document shows them.

use jiff::Timestamp;
use rebound_domain::context::Field;
use rebound_domain::error::MAX_FIELD_ERRORS;
use rebound_domain::history::RejectionFilter;
use rebound_domain::page::PageRequest;
use rebound_domain::{Error, FieldError, Result};
use utoipa::IntoParams;
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{Object, ObjectBuilder, Type};

use crate::body::{integer, pointer_to};
use crate::json::timestamp;

/// The query parameters as they came.
pub(super) struct Query {
    values: Vec<(&'static str, String)>,
    errors: Vec<FieldError>,
}

impl Query {
    /// Reads a query string that may have what is `allowed`, each once.
    pub(super) fn parse(query: Option<&str>, allowed: &'static [&'static str]) -> Result<Self> {
        let mut read = Self { values: Vec::new(), errors: Vec::new() };
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match allowed.iter().find(|allowed| **allowed == name) {
                Some(name) if read.values.iter().any(|(seen, _)| seen == name) => {
                    read.refuse(pointer_to(name), "given more than once");
                }
                Some(name) => read.values.push((name, value.into_owned())),
                None if allowed.is_empty() => {
                    read.refuse(pointer_to(&name), "no such parameter; allowed: none");
                }
                None => {
                    let detail = format!("no such parameter; allowed: {}", allowed.join(", "));
                    read.refuse(pointer_to(&name), detail);
                }
            }
        }
        // Where nothing is allowed, nobody asks further.
        if allowed.is_empty() { read.done() } else { Ok(read) }
    }

    /// The value of a parameter, if it is there and `read` knows it.
    pub(super) fn value<T>(&mut self, name: &str, allowed: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let (_, value) = self.values.iter().find(|(known, _)| *known == name)?;
        let value = read(value);
        if value.is_none() {
            self.refuse(format!("/{name}"), allowed);
        }
        value
    }

    /// The text of a parameter.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| &**value)
    }

    /// An integer.
    pub(super) fn integer(&mut self, name: &str) -> Option<i64> {
        self.value(name, "must be an integer", integer)
    }

    /// The errors so far, to which others may add theirs.
    pub(super) const fn errors(&mut self) -> &mut Vec<FieldError> {
        &mut self.errors
    }

    /// Which rejections are asked for.
    pub(super) fn filter(&mut self) -> RejectionFilter {
        let moment = "not a moment; allowed: a time as RFC 3339 writes it, such as 2026-01-02T03:04:05Z";
        let mut choice = |field: Field| {
            let detail = format!("not an allowed value; {}", field.allowed());
            self.value(field.name(), &detail, |value| field.value_index(value))
        };
        let (kind, stage) = (choice(Field::Kind), choice(Field::Stage));
        let since = self.value("since", moment, timestamp);
        let until = self.value("until", moment, timestamp);
        RejectionFilter { kind, stage, since, until }
    }

    /// The page that is asked for, of the list that `list` names together with whose it is and how it is filtered.
    pub(super) fn page(&mut self, list: &str) -> Result<PageRequest> {
        let size = self.integer("page_size");
        self.finish()?;
        PageRequest::new(list, size, self.text("page_token"))
    }

    /// Whether all of it was right.
    pub(super) fn finish(&mut self) -> Result<()> {
        if self.errors.is_empty() { Ok(()) } else { Err(Error::invalid(std::mem::take(&mut self.errors))) }
    }

    /// The parameters, if all of them are right as they came.
    pub(super) fn done(mut self) -> Result<Self> {
        self.finish().map(|()| self)
    }

    fn refuse(&mut self, pointer: String, detail: impl Into<String>) {
        if self.errors.len() < MAX_FIELD_ERRORS {
            self.errors.push(FieldError::new(pointer, detail));
        }
    }
}

/// Of any size: what is too large or too small is clamped, so no format bounds it.
fn whole_number() -> Object {
    Object::with_type(Type::Integer)
}

/// The path of a person.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the path; it is read by hand")]
pub(super) struct UserPath {
    /// Your own id of the person: opaque to the service, and never in a log.
    #[param(example = "emp-1042", min_length = 1, max_length = 128, pattern = "^[!-~]+$")]
    user_id: String,
}

/// The path of a rejection.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the path; it is read by hand")]
pub(super) struct RejectionPath {
    /// Your own id of the person: opaque to the service, and never in a log.
    #[param(example = "emp-1042", min_length = 1, max_length = 128, pattern = "^[!-~]+$")]
    user_id: String,
    /// The id of the rejection.
    #[param(example = "rej_01kdxyt3yxf9rbm3ryh1wnx8sq")]
    id: String,
}

/// The path of feedback.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the path; it is read by hand")]
pub(super) struct FeedbackPath {
    /// Your own id of the person: opaque to the service, and never in a log.
    #[param(example = "emp-1042", min_length = 1, max_length = 128, pattern = "^[!-~]+$")]
    user_id: String,
    /// The id of the rejection.
    #[param(example = "rej_01kdxyt3yxf9rbm3ryh1wnx8sq")]
    id: String,
    /// The id of the feedback.
    #[param(example = "fbk_01kdxyt3yxf9rbm3ryh1wnx8sq")]
    feedback_id: String,
}

/// The path of an action item.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the path; it is read by hand")]
pub(super) struct ActionItemPath {
    /// Your own id of the person: opaque to the service, and never in a log.
    #[param(example = "emp-1042", min_length = 1, max_length = 128, pattern = "^[!-~]+$")]
    user_id: String,
    /// The id of the action item.
    #[param(example = "act_01kdxyt3yxf9rbm3ryh1wnx8sq")]
    id: String,
}

/// The parameters of a page.
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

/// The parameters of advice.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; they are read by hand, to name every error")]
pub(super) struct AdviceQuery {
    /// The BCP 47 tag of the language wanted; goes before `Accept-Language`.
    #[param(example = "en-GB", format = "bcp47")]
    locale: Option<String>,
    /// How many steps come at most; clamped to 1 to 50. Absent: 7.
    #[param(example = 7, schema_with = whole_number)]
    limit: Option<i64>,
    /// Whether to say what was kept out, and why.
    explain: Option<bool>,
}

/// The window of insights.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameter; it is read by hand, to name every error")]
pub(super) struct WindowQuery {
    /// The days that counts go back, 1 to 3660. Absent: a year.
    #[param(example = "90d", pattern = "^([1-9][0-9]{0,2}|[12][0-9]{3}|3[0-5][0-9]{2})d$")]
    window: Option<String>,
}

/// The window of aggregates.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameter; it is read by hand, to name every error")]
pub(super) struct CoarseWindowQuery {
    /// The days that counts go back. Absent: a year.
    #[param(schema_with = coarse_window)]
    window: Option<String>,
}

/// The parameters that choose rejections.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; they are read by hand, to name every error")]
pub(super) struct FilterQuery {
    /// Of this kind.
    #[param(schema_with = kind)]
    kind: Option<String>,
    /// At this stage.
    #[param(schema_with = stage)]
    stage: Option<String>,
    /// That happened at this moment or later.
    #[param(value_type = Option<String>, format = DateTime, example = "2026-01-01T00:00:00Z")]
    since: Option<Timestamp>,
    /// That happened before this moment.
    #[param(value_type = Option<String>, format = DateTime, example = "2027-01-01T00:00:00Z")]
    until: Option<Timestamp>,
}

fn kind() -> Object {
    names(Field::Kind.values())
}

fn stage() -> Object {
    names(Field::Stage.values())
}

fn coarse_window() -> Object {
    names(&["30d", "90d", "180d", "365d"])
}

fn names(values: &[&'static str]) -> Object {
    let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
    text.enum_values(Some(values.iter().copied())).build()
}

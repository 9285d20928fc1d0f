//! The lines of a batch as the OpenAPI document describes them.

use utoipa::openapi::schema::Schema;
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::schema::{closed, with_settings};
use super::view::{NamedView, SummaryView};
use crate::batch::{LineByLine, reference_schema};
use crate::components::reference;
use crate::problem::Problem;

/// The body of a request.
pub(super) type RequestLines = LineByLine<FragmentBatchItem, FragmentBatchDefaults>;

/// The body of an answer.
pub(super) type AnswerLines = LineByLine<FragmentBatchResult<'static>>;

/// A line that asks for a fragment.
pub(super) struct FragmentBatchItem;

impl PartialSchema for FragmentBatchItem {
    fn schema() -> RefOr<Schema> {
        let object = closed("A request for a fragment, one of many; what is absent is as in the defaults of the call.")
            .property("ref", reference_schema())
            .property("context", Ref::from_schema_name("Context"))
            .required("context");
        with_settings(object).into()
    }
}

impl ToSchema for FragmentBatchItem {}

/// The line that may come before all others.
pub(super) struct FragmentBatchDefaults;

impl PartialSchema for FragmentBatchDefaults {
    fn schema() -> RefOr<Schema> {
        let defaults = reference("FragmentDefaults", "What every item has that does not say it itself.");
        closed("The first line, if it is no item.").property("defaults", defaults).required("defaults").into()
    }
}

impl ToSchema for FragmentBatchDefaults {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        let defaults = with_settings(closed("What holds for every item of a call that does not say it itself."));
        schemas.push(("FragmentDefaults".to_owned(), defaults.into()));
    }
}

/// A line of the answer: a fragment that comes for the first time, what one item is answered with, or the end of a trial.
/// Beside `ref` it has one member.
#[derive(ToSchema)]
#[schema(as = FragmentBatchResult)]
#[expect(dead_code, reason = "describes the line; it is written piece by piece")]
pub(super) struct FragmentBatchResult<'a> {
    /// That of the item, if it had one that could be read.
    #[schema(rename = "ref", nullable = false, example = "candidate-17")]
    reference: Option<&'a str>,
    /// A fragment that items after this name.
    #[schema(nullable = false)]
    fragment: Option<NamedView<'a>>,
    /// The id of the fragment that the item gets.
    #[schema(nullable = false, example = "frg_01h455vb4pex5vsknk084sn02q")]
    fragment_id: Option<&'a str>,
    /// What was wrong with the item.
    #[schema(nullable = false)]
    error: Option<Problem<'a>>,
    /// What a trial found.
    #[schema(nullable = false)]
    summary: Option<SummaryView<'a>>,
}

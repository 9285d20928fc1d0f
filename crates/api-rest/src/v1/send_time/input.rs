//! What is asked about a time to send: one JSON object. Everything that is wrong is named, with the place.

use jiff::Timestamp;
use rebound_domain::Result;
use rebound_domain::context::Field;
use rebound_domain::send_time::{MAX_COUNT, SendTimeDraft, SendTimeRequest};
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{KnownFormat, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::components::one_of_or_null;
use crate::json::{MOMENT, timestamp};
use crate::v1::admin::input::{Members, parsed};

const MEMBERS: &[&str] = &["decided_at", "time_zone", "count", "not_before", "latest_at", "kind", "stage"];

/// The request in a JSON body that came at `now`.
pub(super) fn request(json: &[u8], now: Timestamp) -> Result<SendTimeRequest> {
    let (draft, errors) = parsed(json, MEMBERS, |body| {
        let decided_at = body.text("decided_at");
        let moment =
            decided_at.as_deref().and_then(|text| timestamp(text).or_else(|| body.refuse("decided_at", MOMENT)));
        SendTimeDraft {
            decided_at: moment,
            offset: decided_at.as_deref().filter(|_| moment.is_some()).and_then(offset),
            time_zone: body.text("time_zone"),
            count: body.integer("count"),
            not_before: body.moment("not_before"),
            latest_at: body.moment("latest_at"),
            kind: choice(body, Field::Kind),
            stage: choice(body, Field::Stage),
        }
    })?;
    draft.check(now, errors)
}

/// The offset of a moment, unless it is written in UTC.
fn offset(moment: &str) -> Option<String> {
    let start = moment.len().checked_sub("+00:00".len())?;
    moment.get(start..).filter(|offset| offset.starts_with(['+', '-'])).map(str::to_owned)
}

/// A value of a field of the context.
fn choice(body: &mut Members<'_>, field: Field) -> Option<&'static str> {
    let name = body.text(field.name())?;
    let value = field.value_index(&name).and_then(|index| field.values().get(index).copied());
    value.or_else(|| body.refuse(field.name(), &format!("not an allowed value; {}", field.allowed())))
}

/// The body of a request.
pub(super) struct SendTimeRequestBody;

impl PartialSchema for SendTimeRequestBody {
    fn schema() -> RefOr<Schema> {
        let moment =
            |doc: &str| typed(Type::String, doc).format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
        let zone =
            "Where it is read, as an IANA name or an offset such as `+02:00`. Absent: the offset of `decided_at`.";
        let object = ObjectBuilder::new()
            .description(Some("What was decided, and for whom. No field is required, and none is personal data."))
            .property("decided_at", moment("When it was decided. Absent: now.").examples(["2026-11-20T18:40:00+01:00"]))
            .property(
                "time_zone",
                typed(Type::String, zone)
                    .max_length(Some(64))
                    .format(Some(SchemaFormat::Custom("time-zone".to_owned())))
                    .examples(["Europe/Berlin"]),
            )
            .property(
                "count",
                typed(Type::Integer, "How many messages go out. Absent: 1.")
                    .minimum(Some(1))
                    .maximum(Some(MAX_COUNT))
                    .examples([30]),
            )
            .property("not_before", moment("Not before this, such as the end of a public holiday."))
            .property("latest_at", moment("Not after this, whatever rules it breaks."))
            .property(
                "kind",
                one_of_or_null(Field::Kind.values(), "What was turned down. After a talk, the wait is longer."),
            )
            .property(
                "stage",
                one_of_or_null(Field::Stage.values(), "How far it went. After an interview, the wait is longer."),
            )
            .additional_properties(Some(AdditionalProperties::FreeForm(false)));
        RefOr::T(object.build().into())
    }
}

impl ToSchema for SendTimeRequestBody {
    fn name() -> std::borrow::Cow<'static, str> {
        "SendTimeRequest".into()
    }
}

fn typed(kind: Type, doc: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::Array(vec![kind, Type::Null])).description(Some(doc))
}

//! Wishes against schemas of every shape, those too that no operation has yet.

use http::Method;
use serde_json::json;
use utoipa::openapi::OpenApi;

use super::mask::Mask;
use super::schema::Answers;

/// The answers of a document whose only operation refers, combines, nests, and has members of any name.
fn answers() -> Answers {
    let document = json!({
        "openapi": "3.1.0",
        "info": { "title": "t", "version": "1" },
        "paths": { "/x": { "get": { "responses": {
            "200": {
                "description": "d",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Tree" } } },
            },
        } } } },
        "components": { "schemas": {
            "Tree": { "type": "object", "properties": {
                "name": { "type": "string" },
                "rows": { "type": "array", "items": { "type": "array", "items": { "$ref": "#/components/schemas/Tree" } } },
                "either": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Leaf" }] },
                "both": { "allOf": [
                    { "$ref": "#/components/schemas/Leaf" },
                    { "type": "object", "properties": { "leaf": { "$ref": "#/components/schemas/Leaf" } } },
                ] },
                "counts": { "type": "object", "additionalProperties": { "$ref": "#/components/schemas/Leaf" } },
            } },
            "Leaf": { "type": "object", "properties": { "leaf": { "type": "integer" }, "more": { "type": "string" } } },
        } },
    });
    Answers::new(&serde_json::from_value::<OpenApi>(document).unwrap())
}

fn cut(wish: &str, json: &str) -> Result<String, String> {
    let answers = answers();
    let mask = Mask::parse(wish, &answers, answers.of(&Method::GET, "/x").unwrap())?;
    Ok(String::from_utf8(mask.cut(json.as_bytes()).unwrap()).unwrap())
}

#[test]
fn what_is_wanted_comes_in_its_order_and_as_it_was_written() {
    let whole = r#"{"rows":[[{"name":"a","rows":[]}],[]],"name":"\u00e9\n","either":null,"counts":{"x\"y":{"leaf":1.50,"more":"m"},"z":{"leaf":1e3}},"both":{"leaf":{"leaf":12345678901234567890,"more":"m"}}}"#;
    let cases = [
        ("name", r#"{"name":"\u00e9\n"}"#),
        ("name,rows.name", r#"{"rows":[[{"name":"a"}],[]],"name":"\u00e9\n"}"#),
        ("rows(rows/rows(name))", r#"{"rows":[[{"rows":[]}],[]]}"#),
        ("either.leaf", r#"{"either":null}"#),
        ("both.leaf.leaf", r#"{"both":{"leaf":{"leaf":12345678901234567890}}}"#),
        ("counts", r#"{"counts":{"x\"y":{"leaf":1.50,"more":"m"},"z":{"leaf":1e3}}}"#),
        ("counts.z", r#"{"counts":{"z":{"leaf":1e3}}}"#),
        ("counts(x\"y(leaf),none)", r#"{"counts":{"x\"y":{"leaf":1.50}}}"#),
        ("both,both.more", r#"{"both":{"leaf":{"leaf":12345678901234567890,"more":"m"}}}"#),
        ("both.more,both", r#"{"both":{"leaf":{"leaf":12345678901234567890,"more":"m"}}}"#),
        ("counts.z.leaf,counts(z(more))", r#"{"counts":{"z":{"leaf":1e3}}}"#),
    ];
    for (wish, expected) in cases {
        assert_eq!(cut(wish, whole).as_deref(), Ok(expected), "{wish}");
    }
}

#[test]
fn what_no_answer_can_have_is_refused_with_what_it_can() {
    let top = "no such field; allowed: both, counts, either, name, rows";
    let cases = [
        ("", top),
        ("moon", top),
        ("name,", top),
        (",name", top),
        ("(name)", top),
        (" name", top),
        ("rows.rows.moon", "no such field below `rows.rows`; allowed: both, counts, either, name, rows"),
        ("rows()", "no such field below `rows`; allowed: both, counts, either, name, rows"),
        ("both(leaf(moon))", "no such field below `both.leaf`; allowed: leaf, more"),
        ("counts.zebra.moon", "no such field below `counts.*`; allowed: leaf, more"),
        ("counts.", "no such field below `counts`; allowed: *"),
        ("name.first", "`name` has no fields; allowed: `name` as a whole"),
        ("both,both.moon", "no such field below `both`; allowed: leaf, more"),
    ];
    for (wish, expected) in cases {
        assert_eq!(cut(wish, "{}"), Err(expected.to_owned()), "{wish}");
    }
    for wish in ["rows(name", "name)", "rows(name))", "rows(name)name"] {
        assert!(cut(wish, "{}").unwrap_err().starts_with("cannot be read"), "{wish}");
    }
    for deep in ["rows(".repeat(10_000), "rows.".repeat(10_000)] {
        assert_eq!(cut(&deep, "{}"), Err("reaches more than 16 levels down".to_owned()));
    }
}

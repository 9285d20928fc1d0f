//! The advice of the service as one JSON document: tips with their conditions, as its own program exports them.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Map, Value, json};

use crate::Result;

/// The document.
pub(super) fn export(program: &Path, folder: &Path) -> Result<Vec<u8>> {
    let folder = folder.join("catalog");
    if !folder.exists() {
        let mut export = Command::new(program);
        let status = export.args(["catalog", "export"]).arg(&folder).stdout(Stdio::null()).status()?;
        if !status.success() {
            return Err(format!("the catalog could not be exported: {status}").into());
        }
    }
    let head = table(&folder.join("catalog.toml"))?;
    let locale = head["locale"].as_str().ok_or("a catalog without a locale")?.to_owned();
    let own = folder.join(&locale);
    let frame = table(&own.join("fragments/frame.toml"))?;
    let mut tips = Vec::new();
    for file in fs::read_dir(own.join("tips"))? {
        let path = file?.path();
        let tip = table(&path)?;
        if tip["deprecated"] != true {
            let id = path.file_stem().map(|id| id.to_string_lossy().into_owned());
            tips.push(json!({
                "id": id,
                "phase": tip["phase"],
                "priority": tip["priority"],
                "audiences": tip["audiences"].as_array().cloned().unwrap_or_default(),
                "when": tip["when"].as_object().cloned().unwrap_or_default(),
                "title": tip["text"]["title"],
                "body": tip["text"]["body"],
            }));
        }
    }
    // Of tips with the same priority the first in the order of their ids comes first.
    tips.sort_by_key(|tip| tip["id"].to_string());
    Ok(serde_json::to_vec(&json!({
        "version": head["version"],
        "locale": locale,
        "frame": frame["text"],
        "conditions": table(&folder.join("conditions.toml"))?,
        "gates": gates(),
        "tips": tips,
    }))?)
}

/// When the phase of a tip is open to a person, as the README of the catalog has it.
fn gates() -> Value {
    let open = json!(["phase=acting|recovered|reflecting|unknown"]);
    let later = json!(["phase=acting|recovered|reflecting", "days_since>=7"]);
    json!({
        "recover": { "all": ["phase=processing|shock|unknown"] },
        "respond": {},
        "improve": { "all": open },
        "reflect": { "all": open, "any": later },
        "look_ahead": { "all": open, "any": later },
        "practice": { "all": ["phase=recovered"] },
    })
}

/// A file as JSON. Lines in it are broken for the eye alone.
fn table(path: &Path) -> Result<Value> {
    let mut value = Value::Object(toml::from_str::<Map<String, Value>>(&fs::read_to_string(path)?)?);
    join_lines(&mut value);
    Ok(value)
}

fn join_lines(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('\n') => *text = text.split_whitespace().collect::<Vec<_>>().join(" "),
        Value::Array(values) => values.iter_mut().for_each(join_lines),
        Value::Object(members) => members.values_mut().for_each(join_lines),
        _ => {}
    }
}

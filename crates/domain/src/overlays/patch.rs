//! One item of an overlay: which file it is laid over, what it may hold, and that file with it.

use serde_json::Value;
use toml::Table;

use super::content::{Patch, escaped};
use crate::catalog::{Catalog, File, LocaleIndex, OWN_PREFIX};
use crate::error::{FieldError, MAX_FIELD_ERRORS};

/// The longest text, in characters.
const TEXT_LENGTH: usize = 4_000;

/// The longest id of an own item.
const ID_LENGTH: usize = 64;

/// What the catalog says of its own items for good: it decides whom they may reach, and where they come from.
const FIXED: &[&str] = &["since", "atoms", "deprecated", "phase", "about", "paired_with", "answer_key"];

/// What a tenant's own item has by itself.
const GIVEN: &[&str] = &["since", "deprecated"];

/// What the file of any item may have.
const GENERAL: &[&str] = &["text", "enabled", "when", "audiences", "atoms"];

/// What the files of a folder may have besides.
const PARTICULAR: &[(&str, &[&str])] = &[
    ("tips", &["phase", "priority", "timing", "actions"]),
    ("prompts", &["about", "paired_with", "revisit_after_hours"]),
    ("scenarios", &["answer_key"]),
    ("challenges", &["days"]),
    ("replies", &["variables", "situations", "objections"]),
    ("reply-frames", &["variables", "situations", "objections"]),
];

/// Folders of what everybody has: the codes of a context, the frame of fragments. It can be said in other words, and that
/// is all.
const COMMON: &[&str] = &["kinds", "causes", "reasons", "fragments"];

/// Where the advice comes from is no matter of words.
const UNTOUCHED: &[&str] = &["articles"];

/// The files of the catalog without an overlay, and the catalog.
#[derive(Clone, Copy)]
pub(super) struct Base<'a> {
    pub(super) files: &'a [File],
    pub(super) catalog: &'a Catalog,
}

/// An item of an overlay, with its place in the catalog.
pub(super) struct Place<'a> {
    pub(super) folder: &'a str,
    pub(super) id: &'a str,
    locale: &'a str,
    is_base_locale: bool,
}

impl<'a> Base<'a> {
    /// The locale that every chain ends with.
    pub(super) fn locale(self) -> &'a str {
        self.catalog.locales().tag(LocaleIndex::default())
    }

    /// A file of the catalog as a table.
    pub(super) fn table(self, path: &str) -> Option<Table> {
        let (_, text) = self.files.iter().find(|(known, _)| known == path)?;
        text.parse().ok()
    }

    /// The place of an item in a locale.
    ///
    /// # Errors
    /// What is wrong with the names.
    pub(super) fn place(self, locale: &'a str, item: &'a str) -> Result<Place<'a>, FieldError> {
        if !self.catalog.locales().takes(locale) {
            let tags: Vec<_> = self.catalog.locales().iter().map(|(_, tag)| tag).collect();
            let detail = format!("not a locale of the catalog; allowed: {}, and regions of it", tags.join(", "));
            return Err(FieldError::new("/locale", detail));
        }
        let refuse = |why: &str| {
            let detail = format!(
                "{why}; allowed: the type and id of an item, such as tip.thank-the-person, or an own id that begins with \
                 {OWN_PREFIX}, such as tip.{OWN_PREFIX}helpline"
            );
            FieldError::new("/item", detail)
        };
        let (item_type, id) = item.split_once('.').ok_or_else(|| refuse("no item"))?;
        let folder = self.folder(item_type).ok_or_else(|| refuse("no type of item"))?;
        let place = Place { folder, id, locale, is_base_locale: locale == self.locale() };
        let path = format!("{}/{folder}/{id}.toml", self.locale());
        if self.files.iter().any(|(known, _)| *known == path) {
            return Ok(place);
        }
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_id = id.len() <= ID_LENGTH && id.len() > OWN_PREFIX.len() && id.bytes().all(is_plain);
        let may_be = place.is_own() && is_id && !COMMON.contains(&folder);
        if may_be { Ok(place) } else { Err(refuse("the catalog has no such item")) }
    }

    /// The folder of a type of items, which has the name of several of them.
    fn folder(self, item_type: &str) -> Option<&'a str> {
        let folders = self.files.iter().filter_map(|(path, _)| path.strip_prefix(self.locale())?.strip_prefix('/'));
        let mut folders = folders.filter_map(|path| Some(path.split_once('/')?.0));
        folders.find(|folder| singular(folder) == item_type && !UNTOUCHED.contains(folder))
    }
}

/// The name of one item of a folder: `tip` of `tips`, `reply` of `replies`.
pub(super) fn singular(folder: &str) -> String {
    match folder.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => folder.strip_suffix('s').unwrap_or(folder).to_owned(),
    }
}

impl Place<'_> {
    /// Whether it is an item of the tenant's own.
    pub(super) fn is_own(&self) -> bool {
        self.id.starts_with(OWN_PREFIX)
    }

    /// The path of its file.
    pub(super) fn path(&self) -> String {
        format!("{}/{}/{}.toml", self.locale, self.folder, self.id)
    }

    /// What a patch may have at its top.
    fn allowed(&self) -> Vec<&'static str> {
        if !self.is_base_locale || COMMON.contains(&self.folder) {
            return vec!["text"];
        }
        let particular = PARTICULAR.iter().filter(|(folder, _)| *folder == self.folder).flat_map(|(_, names)| *names);
        let names = GENERAL.iter().chain(particular).copied();
        names.filter(|name| self.is_own() || !FIXED.contains(name)).collect()
    }

    /// Whether items like this have such words.
    fn has_word(&self, base: Base<'_>, name: &str) -> bool {
        let folder = format!("{}/{}/", base.locale(), self.folder);
        let path = base.files.iter().map(|(path, _)| &**path).find(|path| path.starts_with(&folder));
        let table = path.and_then(|path| base.table(path));
        table.is_some_and(|table| table.get("text").is_some_and(|text| text.get(name).is_some()))
    }

    /// What is wrong with a patch before it is laid over anything.
    pub(super) fn mistakes(&self, base: Base<'_>, patch: &Patch) -> Vec<FieldError> {
        let allowed = self.allowed();
        let listed = allowed.join(", ");
        let mut errors = Vec::new();
        for name in patch.keys().filter(|name| !allowed.contains(&name.as_str())) {
            let (is_fixed, is_given) = (FIXED.contains(&name.as_str()), GIVEN.contains(&name.as_str()));
            let detail = if self.has_word(base, name) {
                format!("no such field here: it belongs under `text`; allowed: {listed}")
            } else if !self.is_base_locale {
                format!("rules are the same in every language; allowed in this locale: {listed}")
            } else if COMMON.contains(&self.folder) {
                format!("everybody has it; allowed: {listed}")
            } else if self.is_own() && is_given {
                "an own item has it by itself".to_owned()
            } else if !self.is_own() && is_fixed {
                "cannot be changed: the advice in the item depends on it".to_owned()
            } else {
                format!("no such field; allowed: {listed}")
            };
            errors.push(FieldError::new(format!("/{}", escaped(name)), detail));
        }
        if let Some(Value::Object(text)) = patch.get("text") {
            text.iter().for_each(|(name, value)| texts(&format!("/text/{}", escaped(name)), value, &mut errors));
        }
        errors.truncate(MAX_FIELD_ERRORS);
        errors
    }

    /// The file with the patch in it: over the catalog's own, or over nothing.
    pub(super) fn file(&self, base: Base<'_>, patch: &Patch) -> Result<File, FieldError> {
        let own = || {
            let since = [("since".to_owned(), toml::Value::from(base.catalog.version()))];
            since.into_iter().filter(|_| self.is_base_locale).collect()
        };
        let path = self.path();
        let mut table = base.table(&path).unwrap_or_else(own);
        lay(&mut table, patch);
        let text = toml::to_string(&table).map_err(|_| FieldError::new("", "not a table of the catalog"))?;
        Ok((path.into(), text.into()))
    }
}

/// Texts that are too long, or hold what nobody can see.
fn texts(pointer: &str, value: &Value, errors: &mut Vec<FieldError>) {
    match value {
        Value::String(text) if text.chars().count() > TEXT_LENGTH => {
            errors.push(FieldError::new(pointer, format!("has more than {TEXT_LENGTH} characters")));
        }
        Value::String(text) if text.chars().any(|character| character.is_control() && !"\n\t".contains(character)) => {
            errors.push(FieldError::new(pointer, "has control characters"));
        }
        Value::Array(values) => {
            (0..)
                .zip(values)
                .for_each(|(index, value): (usize, _)| texts(&format!("{pointer}/{index}"), value, errors));
        }
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| texts(&format!("{pointer}/{}", escaped(name)), value, errors));
        }
        _ => {}
    }
}

/// Lays a patch over a table, key by key; `null` counts as absent.
fn lay(under: &mut Table, patch: &Patch) {
    for (name, value) in patch {
        match (under.get_mut(name), value) {
            (Some(toml::Value::Table(under)), Value::Object(over)) => lay(under, over),
            _ => under.extend(as_toml(value).map(|value| (name.clone(), value))),
        }
    }
}

fn as_toml(value: &Value) -> Option<toml::Value> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(value) => toml::Value::Boolean(*value),
        Value::Number(number) => {
            number.as_i64().map_or_else(|| number.as_f64().unwrap_or_default().into(), toml::Value::Integer)
        }
        Value::String(text) => toml::Value::String(text.clone()),
        Value::Array(values) => toml::Value::Array(values.iter().filter_map(as_toml).collect()),
        Value::Object(patch) => {
            let mut table = Table::new();
            lay(&mut table, patch);
            toml::Value::Table(table)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::embedded;

    /// Every folder whose items an overlay may change, with one of its items.
    fn items(files: &[File]) -> Vec<(&str, &str)> {
        let mut items: Vec<(&str, &str)> = Vec::new();
        for (path, _) in files {
            let Some((folder, file)) = path.strip_prefix("en/").and_then(|path| path.split_once('/')) else { continue };
            if !UNTOUCHED.contains(&folder) && items.last().is_none_or(|(last, _)| *last != folder) {
                items.push((folder, file.trim_end_matches(".toml")));
            }
        }
        items
    }

    #[test]
    fn what_is_allowed_is_what_the_files_of_the_catalog_may_have() {
        let files = embedded();
        let catalog = Catalog::load(&files).expect("a catalog");
        let base = Base { files: &files, catalog: &catalog };
        for (folder, id) in items(&files) {
            let place = Place { folder, id, locale: "en", is_base_locale: true };
            let particular = PARTICULAR.iter().filter(|(known, _)| *known == folder).flat_map(|(_, names)| *names);
            let known: Vec<&str> = GENERAL.iter().chain(GIVEN).chain(particular).copied().collect();
            for (path, _) in files.iter().filter(|(path, _)| path.starts_with(&format!("en/{folder}/"))) {
                let table = base.table(path).expect("a table");
                assert!(table.keys().all(|name| known.contains(&name.as_str())), "{path}");
            }
            for name in known {
                let patch = Patch::from_iter([(name.to_owned(), serde_json::json!({"no": {"such": "value"}}))]);
                let file = place.file(base, &patch).expect("a file");
                let mut changed = files.clone();
                changed.iter_mut().filter(|(path, _)| *path == file.0).for_each(|known| *known = file.clone());
                let problems = Catalog::load(&changed).err().unwrap_or_default();
                let is_unknown = |message: &str| message.contains(&format!("unknown field `{name}`"));
                assert!(!problems.iter().any(|problem| is_unknown(&problem.message)), "{folder} {name}: {problems:?}");
            }
        }
    }
}

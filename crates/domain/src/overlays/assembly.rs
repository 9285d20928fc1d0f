//! Makes the catalog that a tenant sees: the catalog's files with the overlay in them, loaded and checked as any catalog
//! is. What cannot be used is left out and named; the rest goes on.

use std::collections::BTreeSet;

use super::content::{Content, escaped, pointer};
use super::patch::{Base, singular};
use crate::catalog::{Catalog, File, Layer, Problem, examined, rules};
use crate::error::FieldError;

/// After how many rounds the catalog is left as it is: each takes out at least one item that does not fit.
const ROUNDS: usize = 6;

/// How much is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// What an item may say to whom: nothing else may take a published sentence away.
    Rules,
    /// The words as well, as before they are published.
    Words,
}

/// Something about an item of an overlay, or about all of them together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Remark {
    /// Locale and item; `None`: all of them together.
    pub(super) of: Option<(String, String)>,
    /// JSON pointer within the item.
    pub(super) within: String,
    pub(super) detail: String,
}

impl Remark {
    fn new(locale: &str, item: &str, within: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { of: Some((locale.to_owned(), item.to_owned())), within: within.into(), detail: detail.into() }
    }

    /// As an error at its place in the overlay as a whole.
    pub(super) fn in_overlay(&self) -> FieldError {
        let of = self.of.as_ref().map(|(locale, item)| pointer(locale, item)).unwrap_or_default();
        FieldError::new(format!("{of}{}", self.within), self.detail.clone())
    }

    /// As an error in the item itself.
    pub(super) fn in_item(&self) -> FieldError {
        FieldError::new(self.within.clone(), self.detail.clone())
    }
}

/// A catalog with an overlay.
pub(super) struct Assembled {
    /// The catalog; `None` if nothing of the overlay can be used.
    pub(super) catalog: Option<Catalog>,
    /// What was left out, and why.
    pub(super) left_out: Vec<Remark>,
    /// What is in it and could be plainer.
    pub(super) warnings: Vec<Remark>,
}

/// The catalog with `content`, which is the overlay's `version`.
pub(super) fn assemble(base: Base<'_>, content: &Content, version: i64, depth: Depth) -> Assembled {
    let mut content = content.clone();
    let mut left_out = BTreeSet::new();
    for _ in 0..ROUNDS {
        if content.is_empty() {
            break;
        }
        let (loaded, files) = match merged(base, &content) {
            Ok(files) => (Catalog::load(&files), files),
            Err(mistakes) => {
                take_out(&mut content, mistakes, &mut left_out);
                continue;
            }
        };
        let (mistakes, style, catalog) = match loaded {
            Err(problems) => (problems, Vec::new(), None),
            Ok(catalog) => {
                let found = match depth {
                    Depth::Rules => rules(&files, &catalog),
                    Depth::Words => examined(&files, &catalog, content.iter().any(|(_, item, _)| is_of_replies(item))),
                };
                let (style, mistakes): (Vec<_>, Vec<_>) = found.into_iter().partition(|found| found.is_style);
                let [mistakes, style] = [mistakes, style].map(|found| found.into_iter().map(|it| it.problem).collect());
                (mistakes, style, Some(catalog))
            }
        };
        let Some(catalog) = catalog.filter(|_| mistakes.is_empty()) else {
            let mistakes = mistakes.iter().flat_map(|problem| remarks(&content, problem)).collect();
            if !take_out(&mut content, mistakes, &mut left_out) {
                break;
            }
            continue;
        };
        let warnings: BTreeSet<_> = style.iter().flat_map(|problem| remarks(&content, problem)).collect();
        let layer = Layer { version, won: won(base, &content, &catalog) };
        let (left_out, warnings) = (left_out.into_iter().collect(), warnings.into_iter().collect());
        return Assembled { catalog: Some(catalog.with_layer(layer)), left_out, warnings };
    }
    Assembled { catalog: None, left_out: left_out.into_iter().collect(), warnings: Vec::new() }
}

/// Whether an item is a reply, or a frame of replies.
fn is_of_replies(item: &str) -> bool {
    item.split('.').next().is_some_and(|of| of.starts_with("reply"))
}

/// Takes the items with mistakes out of an overlay; answers whether there were any.
fn take_out(content: &mut Content, mistakes: Vec<Remark>, left_out: &mut BTreeSet<Remark>) -> bool {
    let mut any = false;
    for mistake in mistakes {
        if let Some((locale, item)) = &mistake.of {
            any |= content.remove(locale, item).is_some();
        }
        left_out.insert(mistake);
    }
    any
}

/// The files of the catalog with the overlay in them.
fn merged(base: Base<'_>, content: &Content) -> Result<Vec<File>, Vec<Remark>> {
    let mut files = base.files.to_vec();
    let mut mistakes = Vec::new();
    for (locale, item, patch) in content.iter() {
        let refuse = |error: FieldError| Remark::new(locale, item, error.pointer, error.detail);
        let place = match base.place(locale, item) {
            Ok(place) => place,
            Err(error) => {
                mistakes.push(refuse(error));
                continue;
            }
        };
        let mut errors = place.mistakes(base, patch);
        if place.is_own() && content.get(base.locale(), item).is_none() {
            let detail = format!("an own item begins in `{}`, the locale that all others fall back to", base.locale());
            errors.push(FieldError::new("", detail));
        }
        match place.file(base, patch) {
            Ok(file) => match files.iter_mut().find(|(path, _)| *path == file.0) {
                Some(known) => *known = file,
                None => files.push(file),
            },
            Err(error) => errors.push(error),
        }
        mistakes.extend(errors.into_iter().map(refuse));
    }
    if mistakes.is_empty() { Ok(files) } else { Err(mistakes) }
}

/// What a problem in a file says of the overlay: of the items in it that brought the words or rules in question.
fn remarks(content: &Content, problem: &Problem) -> Vec<Remark> {
    let general = || vec![Remark { of: None, within: String::new(), detail: problem.to_string() }];
    let mut segments = problem.file.trim_end_matches(".toml").split('/');
    let (Some(locale), Some(folder), Some(id)) = (segments.next(), segments.next(), segments.next()) else {
        return vec![Remark { of: None, within: String::new(), detail: problem.message.clone() }];
    };
    let item = format!("{}.{id}", singular(folder));
    let message = worded(&problem.message);
    let path: Vec<&str> = problem.field.split(['.', '[', ']']).filter(|part| !part.is_empty()).collect();
    let within = path.iter().fold(String::new(), |within, part| within + "/" + &escaped(part));
    let remark = |locale: &str| Remark::new(locale, &item, within.clone(), message.clone());
    // The file is that of the locale whose words are meant. Where the overlay has none there, the item as a whole is.
    if content.get(locale, &item).is_some() {
        return vec![remark(locale)];
    }
    let known: Vec<_> =
        content.iter().filter(|(_, known, _)| *known == item).map(|(locale, ..)| remark(locale)).collect();
    if known.is_empty() { general() } else { known }
}

/// A message of the reader of files in the words of the APIs.
fn worded(message: &str) -> String {
    if !message.starts_with("unknown field `") {
        return message.to_owned();
    }
    let names: Vec<_> = message.split('`').skip(3).step_by(2).collect();
    format!("no such field; allowed: {}", if names.is_empty() { "none".to_owned() } else { names.join(", ") })
}

/// For each item in each locale of the catalog the names of the words and rules that come from the overlay: what is
/// nearer in the chain of locales wins, and in the same locale the overlay.
fn won(base: Base<'_>, content: &Content, catalog: &Catalog) -> std::collections::BTreeMap<String, Vec<Vec<Box<str>>>> {
    let items: BTreeSet<&str> = content.iter().map(|(_, item, _)| item).collect();
    let of_item = |item: &str| {
        let locales = catalog.locales();
        locales.iter().map(|(_, tag)| won_in(base, content, item, &locales.chain(tag))).collect()
    };
    items.into_iter().map(|item| (item.to_owned(), of_item(item))).collect()
}

fn won_in(base: Base<'_>, content: &Content, item: &str, chain: &[&str]) -> Vec<Box<str>> {
    let mut decided = BTreeSet::new();
    let mut won = Vec::new();
    for locale in chain {
        let patch = content.get(locale, item);
        let words = patch.and_then(|patch| patch.get("text")?.as_object());
        for name in words.into_iter().flat_map(|words| words.keys()) {
            if decided.insert(name.clone()) {
                won.push(name.as_str().into());
            }
        }
        let table = base.place(locale, item).ok().and_then(|place| base.table(&place.path()));
        let own = table.as_ref().and_then(|table| table.get("text")?.as_table());
        decided.extend(own.into_iter().flat_map(|words| words.keys().cloned()));
    }
    let rules = content.get(base.locale(), item).into_iter().flat_map(|patch| patch.keys());
    won.extend(rules.filter(|name| !["text", "enabled"].contains(&name.as_str())).map(|name| name.as_str().into()));
    won.sort_unstable();
    won
}

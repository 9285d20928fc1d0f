//! Where in the files the words of a piece stand, so that a mistake can be named.

use super::files::{Problem, line_of};
use super::locale::Locales;
use super::{Catalog, File, LocaleIndex};

/// A mistake in a field of the words of `folder`/`id` in a language: in the file of the nearest language that has the
/// field.
pub(super) fn problem(
    files: &[File],
    catalog: &Catalog,
    locale: LocaleIndex,
    item: (&str, &str),
    field: &str,
    message: String,
) -> Problem {
    let (folder, id) = item;
    let locales = catalog.locales();
    let source = |path: &str| files.iter().find(|(known, _)| known == path).map(|(_, text)| &**text);
    let file = file(locales, locales.tag(locale), &format!("{folder}/{id}.toml"), field, source);
    Problem::new(files, file, field, "", message)
}

/// The file with a field of the words of an item in a language: that of the nearest language that has it, else that of the
/// base. `path` is the one below the folder of a language.
pub(super) fn file<'s>(
    locales: &Locales,
    tag: &str,
    path: &str,
    field: &str,
    source: impl Fn(&str) -> Option<&'s str>,
) -> String {
    let chain = locales.chain(tag);
    // No file has words on its first line: a table begins there.
    let has_field = |file: &String| source(file).is_some_and(|text| line_of(text, field, "") > 1);
    let named = chain.iter().map(|locale| format!("{locale}/{path}")).find(has_field);
    named.unwrap_or_else(|| format!("{}/{path}", locales.tag(LocaleIndex::default())))
}

//! Where in the files the words of a piece stand, so that a mistake can be named.

use crate::catalog::files::Problem;
use crate::catalog::{Catalog, File, LocaleIndex};

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
    let chain = locales.chain(locales.tag(locale));
    let path = |tag: &&str| format!("{tag}/{folder}/{id}.toml");
    let has_field = |path: &String| {
        let problem = Problem::new(files, path.clone(), field, "", String::new());
        problem.line > 1
    };
    let named = chain.iter().map(path).find(has_field);
    let file = named.unwrap_or_else(|| path(&locales.tag(LocaleIndex::default())));
    Problem::new(files, file, field, "", message)
}

//! Which versions of the catalog are known, and which of them answer.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::borrow::Cow;

use rebound_domain::catalog::{Catalog, Catalogs, embedded};

/// The catalog that is compiled in, under another version, with the releases before it.
fn catalog(version: &str, before: &[&str]) -> Catalog {
    let release = |version: &&str| {
        format!("[[release]]\nversion = \"{version}\"\nreleased = \"2027-01-01\"\nchanges = [\"{version} came\"]\n")
    };
    let log: String = std::iter::once(&version).chain(before).map(release).collect();
    let current = Catalog::embedded().unwrap();
    let mut files = embedded();
    for (path, text) in &mut files {
        match &**path {
            "catalog.toml" => *text = Cow::Owned(text.replace(current.version(), version)),
            "changelog.toml" => *text = Cow::Owned(log.clone()),
            _ => {}
        }
    }
    Catalog::load(&files).unwrap()
}

#[test]
fn versions_come_by_number_the_newest_first_with_those_that_only_the_log_knows() {
    let others = [catalog("2027.2.0", &[]), catalog("2027.9.1", &["2027.9.0"])];
    let catalogs = Catalogs::new(catalog("2027.10.0", &["2027.9.0", "2027.2.0", "2026.11.0"]), others).unwrap();
    let shown: Vec<_> = catalogs
        .versions()
        .iter()
        .map(|version| (&*version.release.version, version.is_current, version.is_carried))
        .collect();
    let expected = [
        ("2027.10.0", true, true),
        ("2027.9.1", false, true),
        ("2027.9.0", false, false),
        ("2027.2.0", false, true),
        ("2026.11.0", false, false),
    ];
    assert_eq!(shown, expected);
    for (version, is_current, is_carried) in expected {
        match catalogs.find(Some(version)) {
            Ok(index) => assert_eq!((catalogs.get(index).version(), is_carried), (version, true)),
            Err(error) => assert_eq!((&*error.pointer, is_carried), ("/catalog_version", false)),
        }
        assert_eq!(catalogs.current().version() == version, is_current);
    }
    let refused = catalogs.find(Some("2026.11.0")).unwrap_err();
    assert!(refused.detail.ends_with("allowed: 2027.10.0, 2027.9.1, 2027.2.0"), "{}", refused.detail);
}

#[test]
fn the_same_catalog_twice_is_carried_once_and_another_of_the_same_version_is_refused() {
    let catalogs = Catalogs::new(catalog("2027.1.0", &[]), [catalog("2027.1.0", &[])]).unwrap();
    assert_eq!(catalogs.versions().len(), 1);
    let refused = catalogs.find(Some("2026.11.0")).unwrap_err();
    assert!(refused.detail.ends_with("allowed: 2027.1.0"), "{}", refused.detail);
    let clash = Catalogs::new(catalog("2027.1.0", &[]), [catalog("2027.1.0", &["2026.11.0"])]).unwrap_err();
    assert!(clash.to_string().contains("2027.1.0"));
}

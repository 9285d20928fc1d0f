//! The house rules that a compiler does not know: who may depend on whom, how large a file may be, what every file and
//! folder says about itself.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const SOFT_LIMIT: usize = 300;
const HARD_LIMIT: usize = 500;
const MEDIAN_LIMIT: usize = 150;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file of the project with one of the endings, below the root.
fn files(endings: &[&str]) -> BTreeMap<String, String> {
    let root = root();
    let mut files = BTreeMap::new();
    let mut folders: Vec<PathBuf> =
        ["crates", "tests", "proto", "migrations", "deploy"].iter().map(|name| root.join(name)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            if path.is_dir() {
                if !["target", "node_modules"].iter().any(|skipped| name.ends_with(skipped)) {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                files.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

/// The names that a manifest depends on, in any of its tables.
fn dependencies(manifest: &str) -> Vec<String> {
    let manifest: toml::Table = manifest.parse().unwrap();
    let table = manifest.get("dependencies").and_then(toml::Value::as_table);
    table.into_iter().flat_map(|table| table.keys().cloned()).collect()
}

#[test]
fn every_crate_knows_only_what_it_may() {
    // A name stands for the crate and for those that begin with it and a hyphen.
    let forbidden: [(&str, &[&str]); 6] = [
        ("domain", &["axum", "tonic", "prost", "sqlx", "tokio", "http", "hyper", "reqwest", "rebound"]),
        ("storage", &["axum", "tonic", "prost", "rebound", "rebound-api"]),
        ("api-rest", &["sqlx", "tonic", "prost", "rebound", "rebound-storage", "rebound-api-grpc"]),
        ("api-grpc", &["sqlx", "axum", "utoipa", "rebound", "rebound-storage", "rebound-api-rest"]),
        (
            "telemetry",
            &["sqlx", "axum", "tonic", "utoipa", "rebound", "rebound-domain", "rebound-api", "rebound-storage"],
        ),
        ("server", &["sqlx", "prost", "axum", "utoipa"]),
    ];
    let manifests = files(&["Cargo.toml"]);
    for (name, forbidden) in forbidden {
        for dependency in dependencies(&manifests[&format!("crates/{name}/Cargo.toml")]) {
            let is_domain = dependency == "rebound-domain" && !matches!(name, "domain" | "telemetry");
            let is_meant = |prefix: &&str| {
                let rest = dependency.strip_prefix(*prefix);
                // `rebound` alone is the binary's crate: the others have a line of their own, except for the domain.
                rest.is_some_and(|rest| {
                    rest.is_empty() || (rest.starts_with('-') && (**prefix != *"rebound" || name == "domain"))
                })
            };
            assert!(is_domain || !forbidden.iter().any(is_meant), "{name} must not depend on {dependency}");
        }
    }
    let naming_sqlx = manifests.iter().filter(|(name, text)| name.starts_with("crates/") && text.contains("sqlx"));
    assert_eq!(naming_sqlx.map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["crates/storage/Cargo.toml"]);
}

#[test]
fn files_are_small() {
    let mut sizes = Vec::new();
    for (name, text) in files(&[".rs"]) {
        let lines = text.lines().count();
        assert!(lines <= HARD_LIMIT, "{name} has {lines} lines");
        if lines > SOFT_LIMIT {
            assert!(SOFT_EXCEPTIONS.contains(&name.as_str()), "{name} has {lines} lines; split it or say why not");
        }
        sizes.push(lines);
    }
    sizes.sort_unstable();
    assert!(sizes[sizes.len() / 2] <= MEDIAN_LIMIT, "the median is {}", sizes[sizes.len() / 2]);
}

/// Files over the soft limit, each with its reason.
const SOFT_EXCEPTIONS: &[&str] = &[
    // The item types of the catalog and their words: one list, read from top to bottom.
    "crates/domain/src/catalog/model.rs",
    // The same items as JSON, field by field, because the field docs are the API documentation.
    "crates/api-rest/src/v1/catalog/view.rs",
    // One step of loading after the other.
    "crates/domain/src/catalog/load.rs",
];

#[test]
fn every_file_says_what_it_is_for() {
    for (name, text) in files(&[".rs"]) {
        let documented = text.starts_with("//!") || text.starts_with("#![doc = include_str!");
        assert!(documented, "{name} has no module documentation");
    }
}

#[test]
fn every_folder_has_a_readme() {
    let root = root();
    for folder in [
        "crates",
        "crates/domain",
        "crates/domain/catalog",
        "crates/storage",
        "crates/telemetry",
        "crates/api-rest",
        "crates/api-grpc",
        "crates/server",
        "migrations",
        "proto",
        "deploy",
        "tests",
        "tests/fuzz",
        "tests/load",
        "tests/tests/faults",
    ] {
        let readme = root.join(folder).join("README.md");
        let lines = fs::read_to_string(&readme).map(|text| text.lines().count()).unwrap_or_default();
        assert!(lines >= 3, "{folder}/README.md is missing or says nothing");
    }
}

#[test]
fn migrations_have_the_same_numbers_on_both_databases() {
    let names = |backend: &str| -> Vec<String> {
        let folder = root().join("migrations").join(backend);
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
    for (number, name) in (1..).zip(names("sqlite")) {
        assert!(name.starts_with(&format!("{number:04}_")), "{name} is out of order");
    }
}

#[test]
fn nothing_is_left_to_be_done_later() {
    // Written in two parts, so that this file does not find itself.
    let marks = [concat!("FIX", "ME"), concat!("XX", "X"), concat!("TO", "DO"), concat!("HA", "CK")];
    let attributes = [concat!("#[", "ignore"), concat!("#[", "allow"), concat!("#![", "allow")];
    for (name, text) in files(&[".rs", ".proto", ".sql", ".md"]) {
        for mark in marks.into_iter().chain(attributes) {
            assert!(!text.contains(mark), "{name} has {mark}");
        }
    }
}

#[test]
fn the_top_level_is_as_agreed() {
    let allowed =
        ["Cargo.lock", "Cargo.toml", "LICENSE", "README.md", "crates", "deploy", "migrations", "proto", "tests"];
    let untracked = ["target", "rebound-data"];
    for entry in fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name.starts_with('.') || allowed.contains(&&*name) || untracked.contains(&&*name), "{name}");
    }
}

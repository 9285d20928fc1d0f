//! Every operation of the OpenAPI document, sent with its own examples to a sandbox as it was at first.

use std::collections::BTreeSet;
use std::fs;

use rebound_tests::process::Process;
use reqwest::Method;
use serde_json::Value;

use crate::examples::{Example, Operation, document, operations};
use crate::{command, sandbox};

/// Starts the sandbox on a copy of one that was just made, so that each request meets it as it was at first.
struct Fresh {
    folder: tempfile::TempDir,
}

impl Fresh {
    fn make() -> Self {
        let fresh = Self { folder: tempfile::tempdir().unwrap() };
        assert!(fresh.start("first").terminate().success());
        fresh
    }

    fn start(&self, name: &str) -> Process {
        let url = format!("sqlite://{}", self.folder.path().join(name).display());
        Process::spawn(command(self.folder.path(), &["--database-url", &url])).unwrap()
    }

    fn again(&self) -> Process {
        fs::copy(self.folder.path().join("first"), self.folder.path().join("copy")).unwrap();
        self.start("copy")
    }
}

/// Whether an operation leaves everything as it is.
fn is_safe(operation: &Operation) -> bool {
    let stateless = ["guidance", "fragments", "replies", "drafts"].map(Value::from);
    let is_stateless = stateless.contains(&operation.definition["tags"][0]) || operation.id() == "previewOverlays";
    operation.method == Method::GET || is_stateless
}

#[tokio::test]
async fn what_changes_nothing_answers_its_examples() {
    let folder = tempfile::tempdir().unwrap();
    let (document, service) = (document(), sandbox(folder.path()));
    for operation in operations(&document).iter().filter(|operation| is_safe(operation)) {
        let mut answers = Vec::new();
        for body in operation.bodies(&document) {
            answers.push(operation.replayed(&service, body.as_ref(), false).await);
            operation.replayed(&service, body.as_ref(), true).await;
        }
        assert!(operation.is_as_documented(&answers), "{}: {answers:?}", operation.id());
    }
}

/// A change that is to be replayed, as its operation and body.
type Change<'a> = (&'a Operation, Option<Example>);

/// What an operation needs as it was at first, because its example has an entity tag.
fn thing(operation: &Operation) -> &str {
    let things = ["/rejections/{id}", "/action-items/{id}", "/overlays/", "/tenant-settings"];
    things.into_iter().find(|thing| operation.path.contains(thing)).unwrap_or_default()
}

/// Every change, in an order in which none takes away what a later one needs.
fn changes<'a>(operations: &'a [Operation], document: &Value) -> Vec<Change<'a>> {
    let changes = operations.iter().filter(|operation| !is_safe(operation));
    let mut changes: Vec<_> =
        changes.flat_map(|change| change.bodies(document).into_iter().map(move |body| (change, body))).collect();
    let is_end = |change: &Operation| change.method == Method::DELETE || change.id() == "revokeApiKey";
    changes.sort_by_key(|(change, _)| (!change.is_conditional(), is_end(change)));
    changes
}

#[tokio::test]
async fn every_change_answers_its_examples() {
    let (document, fresh) = (document(), Fresh::make());
    let operations = operations(&document);
    let mut waiting = changes(&operations, &document);
    while !waiting.is_empty() {
        let service = fresh.again();
        let (mut touched, mut later) = (BTreeSet::new(), Vec::new());
        for (operation, body) in waiting {
            if operation.is_conditional() && touched.contains(thing(operation)) {
                later.push((operation, body));
                continue;
            }
            operation.replayed(&service, body.as_ref(), true).await;
            touched.insert(thing(operation));
        }
        assert!(service.terminate().success());
        waiting = later;
    }
}

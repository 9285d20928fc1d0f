//! The shell blocks of README.md, run by bash in order as a reader runs them, against a sandbox.

use std::fs;
use std::path::Path;
use std::process::Command;

use rebound_tests::program;
use serde_json::Value;

use crate::{ADMIN, grpc, sandbox, shown};

/// Blocks that build, serve and test: they do not call the API.
const NOT_REPLAYED: [&str; 4] = [
    "cargo run --release",
    "cargo run --release -- serve --sandbox",
    "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4317 OTEL_EXPORTER_OTLP_PROTOCOL=grpc target/release/rebound",
    "tests/run",
];

/// Before the blocks: what fails ends the run, and grpcurl is noted down instead of run, because it may not be here.
const PRELUDE: &str = r#"set -euo pipefail
curl() { command curl --fail-with-body "$@"; }
grpcurl() {
  while [[ $1 == -* ]]; do case $1 in -plaintext) shift ;; -d) data=$2; shift 2 ;; *) shift 2 ;; esac; done
  printf '%s' "$data" >"grpc.request"; printf '%s' "$2" >"grpc.method"
}
"#;

/// A block of shell, and what is shown as its answer.
struct Block {
    shell: String,
    /// The language in which the answer is shown, and the answer.
    shown: Option<(String, String)>,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut fences = text.split("\n```");
    // Every other piece is inside of a fence.
    fences.next();
    while let Some(inside) = fences.next() {
        let (language, content) = inside.split_once('\n').unwrap();
        match language {
            "sh" => blocks.push(Block { shell: content.to_owned(), shown: None }),
            _ => blocks.last_mut().unwrap().shown = Some((language.to_owned(), content.to_owned())),
        }
        fences.next();
    }
    blocks.retain(|block| !NOT_REPLAYED.contains(&block.shell.trim()));
    blocks
}

/// What a reader has beside the service: the key, the program, and the file of one example.
fn lay_out(folder: &Path) {
    for name in ["rebound-data", "target/release"] {
        fs::create_dir_all(folder.join(name)).unwrap();
    }
    fs::write(folder.join("rebound-data/bootstrap-key"), ADMIN).unwrap();
    fs::write(folder.join("rejected.ndjson"), "{\"context\":{\"kind\":\"job_application\"}}\n").unwrap();
    std::os::unix::fs::symlink(program::path(), folder.join("target/release/rebound")).unwrap();
}

#[tokio::test]
async fn every_block_of_the_readme_runs_and_answers_as_shown() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let blocks = blocks(&fs::read_to_string(root.join("README.md")).unwrap());
    assert!(blocks.len() >= 9, "the README has {} blocks", blocks.len());
    let folder = tempfile::tempdir().unwrap();
    lay_out(folder.path());
    let service = sandbox(folder.path());
    let mut script = PRELUDE.to_owned();
    for (index, block) in blocks.iter().enumerate() {
        let shell = block.shell.replace("http://127.0.0.1:8080", &service.http);
        let block = format!("echo 'block {index}' >&2\n{{\n{shell}\n}} >out.{index}\n");
        script.push_str(&block);
    }
    let output = Command::new("bash").arg("-c").arg(script).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for (index, block) in blocks.iter().enumerate() {
        let answer = fs::read_to_string(folder.path().join(format!("out.{index}"))).unwrap();
        let Some((language, text)) = &block.shown else { continue };
        // A text is that of a reply.
        let answer = match &**language {
            "text" => serde_json::from_str::<Value>(&answer).unwrap()["text"].as_str().unwrap().to_owned(),
            _ => answer,
        };
        let missing = shown::missing(text, &answer);
        assert_eq!(missing, None, "block {index} shows what does not come:\n{}\n{answer}", block.shell);
    }
    assert!(fs::metadata(folder.path().join("fragments.ndjson")).unwrap().len() > 0);
    let [method, request] =
        ["method", "request"].map(|name| fs::read_to_string(folder.path().join(format!("grpc.{name}"))));
    let answer = grpc::call(&service, &method.unwrap(), &request.unwrap()).await;
    assert_eq!(answer["steps"][0]["tip"], "take-time-first", "{answer}");
}

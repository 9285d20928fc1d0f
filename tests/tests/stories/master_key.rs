//! The master key at a shell: made at the first start, changed while nothing is lost, and refused where it is another.

use std::path::Path;
use std::process::Output;

use rebound_tests::program;
use rebound_tests::service::{KEY, json};
use serde_json::json;

use crate::served::Served;

const USER: &str = "/v1/users/mia/rejections";

fn run(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    program::command(folder).args(arguments).envs(environment.iter().copied()).output().unwrap()
}

fn text(output: &[u8]) -> String {
    String::from_utf8(output.to_vec()).unwrap().trim().to_owned()
}

/// How many rejections the person has, as a service with these settings reads them.
async fn read(folder: &Path, environment: &[(&str, &str)]) -> usize {
    let served = Served::start(folder, environment);
    let request = reqwest::Client::new().get(format!("{}{USER}", served.http)).bearer_auth(KEY);
    let (status, list) = json(request).await;
    assert_eq!(status, 200, "{list}");
    served.stop("-TERM");
    list["rejections"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_master_key_is_changed_without_losing_what_people_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let bootstrap = ("REBOUND_BOOTSTRAP_KEY", KEY);
    let served = Served::start(folder, &[bootstrap]);
    let body = json!({"kind": "idea", "occurred_at": "2026-01-01T00:00:00Z", "role": "A new tool"});
    let request = reqwest::Client::new().post(format!("{}{USER}", served.http)).bearer_auth(KEY).json(&body);
    assert_eq!(json(request).await.0, 201);
    served.stop("-TERM");

    let file = folder.join("rebound-data/master-key");
    let first = std::fs::read_to_string(&file).unwrap();
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions()) & 0o777, 0o600);
    let second = text(&run(folder, &["master-key", "new"], &[]).stdout);
    assert!(second.len() == 64 && second != first, "{second}");

    let refused = run(folder, &["master-key", "rotate"], &[("REBOUND_MASTER_KEY", &second)]);
    assert_eq!((refused.status.code(), text(&refused.stderr).contains("previous_master_key")), (Some(2), true));
    let both = [bootstrap, ("REBOUND_MASTER_KEY", &*second), ("REBOUND_PREVIOUS_MASTER_KEY", &*first)];
    assert_eq!(read(folder, &both).await, 1, "with both, everything is readable before the change");
    let rotated = run(folder, &["master-key", "rotate"], &both);
    assert!(text(&rotated.stdout).contains("the keys of 1 person"), "{rotated:?}");
    assert!(text(&run(folder, &["master-key", "rotate"], &both).stdout).contains("the keys of 0 people"));

    assert_eq!(read(folder, &[bootstrap, ("REBOUND_MASTER_KEY", &*second)]).await, 1);
    let old = run(folder, &["serve", "--http-addr", "127.0.0.1:0", "--grpc-addr", "127.0.0.1:0"], &[bootstrap]);
    let said = text(&old.stderr);
    assert!(old.status.code() == Some(1) && said.contains("master key"), "{said}");
    assert!(!said.contains(&first) && !said.contains(&second), "no key is repeated");
    let short = run(folder, &["config", "check"], &[("REBOUND_MASTER_KEY", "abc")]);
    assert_eq!((short.status.code(), text(&short.stderr).contains("master_key")), (Some(2), true));
}

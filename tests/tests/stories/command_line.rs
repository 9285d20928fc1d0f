//! The program at a shell: the first start, signals, keys, completions, and what it says when something is wrong.

use std::fs;

use rebound_tests::program;
use serde_json::{Value, json};

use crate::served::Served;

#[tokio::test]
async fn the_first_start_needs_nothing_and_writes_a_key_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(folder.path(), &[]);
    let file = folder.path().join("rebound-data/bootstrap-key");
    let key = fs::read_to_string(&file).unwrap();
    assert!(key.starts_with("rbk_"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let url = format!("{}/v1/guidance?kind=idea", served.http);
    let ask = async |key: &str| reqwest::Client::new().get(&url).bearer_auth(key).send().await.unwrap().status();
    assert_eq!(ask(&key).await, 200);
    let (code, log) = served.stop("-TERM");
    assert_eq!(code, Some(0));
    assert!(log.contains("\"message\":\"stopped\""));
    assert!(!log.contains(&key), "a key is never logged");

    let again = Served::start(folder.path(), &[]);
    let url = format!("{}/v1/guidance?kind=idea", again.http);
    assert_eq!(reqwest::Client::new().get(&url).bearer_auth(&key).send().await.unwrap().status(), 200);
    assert_eq!(fs::read_to_string(&file).unwrap(), key);
    assert_eq!(again.stop("-INT").0, Some(0));
}

#[tokio::test]
async fn what_a_client_sends_is_in_no_log_metric_or_error() {
    const MARKER: &str = "zebra-marker";
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(folder.path(), &[("REBOUND_LOG", "trace")]);
    let key = fs::read_to_string(folder.path().join("rebound-data/bootstrap-key")).unwrap();
    let client = reqwest::Client::new();
    let url = |path: &str| format!("{}{path}", served.http);
    let body =
        format!("{{\"context\":{{\"kind\":\"{MARKER}\",\"reasons\":[\"{MARKER}\"]}},\"locale\":\"{MARKER} x\"}}");
    let post = |path: &str, kind: &str| {
        client.post(url(path)).bearer_auth(&key).header("content-type", kind).body(body.clone())
    };
    let requests = [
        post("/v1/guidance", "application/json"),
        post("/v1/guidance/batch", "application/x-ndjson"),
        client.get(url(&format!("/v1/guidance?kind={MARKER}&stage={MARKER}"))).bearer_auth(&key),
        client.get(url(&format!("/v1/tips/{MARKER}"))).bearer_auth(&key),
        client.get(url(&format!("/v1/tips?fields={MARKER},tips.{MARKER}"))).bearer_auth(&key),
        client.get(url(&format!("/v1/guidance?kind=idea&catalog_version={MARKER}"))).bearer_auth(&key),
        client
            .get(url(&format!("/{MARKER}")))
            .bearer_auth(MARKER)
            .header("user-agent", MARKER)
            .header("cookie", MARKER),
        client.get(url("/v1/tips")).bearer_auth(MARKER).header("accept-language", MARKER),
    ];
    for request in requests {
        let answer = request.send().await.unwrap().text().await.unwrap();
        assert!(!answer.contains(MARKER), "{answer}");
    }
    let metrics = client.get(url("/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(!metrics.contains(MARKER));
    let (_, log) = served.stop("-TERM");
    assert!(log.contains("\"route\":\"/v1/guidance\""));
    let lines: Vec<_> = log.lines().filter(|line| line.contains(MARKER)).collect();
    assert!(lines.is_empty(), "{lines:#?}");
    assert!(!log.contains(key.trim()));
}

#[tokio::test]
async fn keys_are_made_listed_rotated_and_revoked_at_the_shell() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = program::run(folder.path(), arguments, "");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let tenant = run(&["tenant", "create", "Acme"]);
    assert!(tenant["id"].as_str().unwrap().starts_with("tnt_"));
    assert_eq!(run(&["tenant", "list"]), json!([tenant]));
    let key = run(&[
        "key",
        "create",
        "--tenant",
        "Acme",
        "--name",
        "ats",
        "--scope",
        "guidance,rejections:read",
        "--expires",
        "90d",
    ]);
    assert_eq!(key["scopes"], json!(["guidance", "rejections:read"]));
    let secret = key["secret"].as_str().unwrap();
    assert!(secret.starts_with("rbk_") && secret.len() == 68);
    let id = key["id"].as_str().unwrap();
    let rotated = run(&["key", "rotate", id, "--tenant", "Acme", "--overlap-hours", "1"]);
    assert_eq!((&rotated["name"], &rotated["scopes"]), (&key["name"], &key["scopes"]));
    assert_ne!(rotated["secret"], key["secret"]);
    let revoked = run(&["key", "revoke", id, "--tenant", tenant["id"].as_str().unwrap()]);
    assert!(revoked["revoked_at"].is_string() && revoked.get("secret").is_none());
    let listed = run(&["key", "list", "--tenant", "Acme"]);
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert!(!listed.to_string().contains(secret));
}

#[test]
fn what_is_wrong_is_said_and_the_exit_code_tells() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("typo.toml"), "http_adr = \"127.0.0.1:1\"\n").unwrap();
    let cases: [(&[&str], &str, i32, &str); 11] = [
        (&["advise"], "{", 2, "not valid JSON at line 1"),
        (&["advise"], "{\"kind\":\"moon\"}", 2, "/kind: not an allowed value; allowed: job_application"),
        (&["advise", "--kind", "moon"], "", 2, "possible values"),
        (&["advise", "--kind", "idea", "--days-since", "x"], "", 2, "/days_since"),
        (&["advise", "--kind", "idea", "--locale", "!"], "", 2, "--locale"),
        (&["catalog", "check", "nowhere"], "", 2, "nowhere"),
        (&["--config", "typo.toml", "config", "check"], "", 2, "http_adr"),
        (&["--bootstrap-key", "short", "config", "check"], "", 2, "32 to 128 visible ASCII characters"),
        (&["--database-url", "mysql://x", "migrate"], "", 1, "sqlite"),
        (&["tenant", "create", ""], "", 2, "1 to 100 characters"),
        (&["key", "create", "--name", "x", "--scope", "moon"], "", 2, "unknown scope"),
    ];
    for (arguments, input, code, expected) in cases {
        let output = program::run(folder.path(), arguments, input);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
    let output =
        program::command(folder.path()).args(["config", "check"]).env("REBOUND_HTTP_ADR", "x").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("REBOUND_HTTP_ADR"));
}

#[test]
fn a_database_that_is_away_is_named_with_its_reason_and_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    // Nobody listens at it: the port was free a moment ago.
    let unused = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let url = format!("postgres://somebody:hunter2@{unused}/rebound");
    for command in [&["migrate"][..], &["serve"], &["tenant", "list"], &["key", "list"], &["serve", "--sandbox"]] {
        let arguments = [&["--database-url", &url, "--http-addr", "127.0.0.1:0"], command].concat();
        let output = program::run(folder.path(), &arguments, "");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{command:?}: {said}");
        for part in [&format!("PostgreSQL at {unused}/rebound"), "does not answer", "Connection refused"] {
            assert!(said.contains(part), "{command:?}: {said}");
        }
        assert!(!said.contains("hunter2") && !said.contains("somebody"), "{command:?}: {said}");
    }
}

#[test]
fn the_file_of_defaults_says_what_is_in_force_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let defaults = program::run(folder.path(), &["config", "default"], "");
    let without = program::run(folder.path(), &["config", "check"], "");
    fs::write(folder.path().join("rebound.toml"), &defaults.stdout).unwrap();
    let with = program::run(folder.path(), &["config", "check"], "");
    assert!(with.status.success(), "{}", String::from_utf8_lossy(&with.stderr));
    assert_eq!(String::from_utf8_lossy(&without.stdout), String::from_utf8_lossy(&with.stdout));
}

#[test]
fn an_image_without_a_shell_can_ask_whether_the_service_is_ready() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(folder.path(), &[]);
    let addr = served.http.strip_prefix("http://").unwrap().to_owned();
    let anywhere = addr.replace("127.0.0.1", "0.0.0.0");
    for addr in [&addr, &anywhere] {
        let ready = program::run(folder.path(), &["healthcheck", "--http-addr", addr], "");
        assert_eq!((ready.status.code(), &ready.stdout[..]), (Some(0), &b"ready\n"[..]), "{ready:?}");
    }
    let files = ["--tls-cert-file", "certificate.pem", "--tls-key-file", "key.pem"];
    let with_tls = |more: &[&str]| program::run(folder.path(), &[&["healthcheck"], &files[..], more].concat(), "");
    assert_eq!(with_tls(&["--operations-addr", &addr]).status.code(), Some(0), "the port without TLS is asked");
    assert_eq!(with_tls(&["--http-addr", &addr]).status.code(), Some(2));
    let _log = served.stop("-TERM");
    let gone = program::run(folder.path(), &["healthcheck", "--http-addr", &addr], "");
    assert_eq!(gone.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&gone.stderr).contains(&format!("no answer from {addr}")), "{gone:?}");
    let nowhere = program::run(folder.path(), &["healthcheck", "--http-addr", "127.0.0.1:0"], "");
    assert_eq!(nowhere.status.code(), Some(2));
}

#[test]
fn flags_go_before_the_environment_and_the_environment_before_the_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rebound.toml"), "memo_mib = 1\ndrain_seconds = 1\nlog = \"warn\"\n").unwrap();
    let mut command = program::command(folder.path());
    command.env("REBOUND_DRAIN_SECONDS", "2").env("REBOUND_LOG", "error").args(["--log", "debug", "config", "check"]);
    let shown = String::from_utf8(command.output().unwrap().stdout).unwrap();
    for line in ["memo_mib = 1", "drain_seconds = 2", "log = \"debug\""] {
        assert!(shown.contains(line), "{shown}");
    }
}

#[test]
fn secrets_can_come_from_files_and_are_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("url"), "postgres://me:hunter2@db/rebound\n").unwrap();
    let arguments = ["--database-url-file", "url", "config", "check"];
    let output = program::run(folder.path(), &arguments, "");
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("postgres://(hidden)") && !shown.contains("hunter2"));
    let both = program::run(
        folder.path(),
        &["--database-url", "sqlite://x", "--database-url-file", "url", "config", "check"],
        "",
    );
    assert_eq!(both.status.code(), Some(2));
    let help = program::command(folder.path()).arg("--help").env("REBOUND_DATABASE_URL", "hunter2").output().unwrap();
    assert!(!String::from_utf8_lossy(&help.stdout).contains("hunter2"));
}

#[test]
fn the_catalog_of_an_editor_is_checked_from_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let built_in = program::run(folder.path(), &["catalog", "check"], "");
    assert!(built_in.status.success());
    for (path, text) in rebound_domain::catalog::embedded() {
        let file = folder.path().join("mine").join(&*path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, &*text).unwrap();
    }
    let same = program::run(folder.path(), &["catalog", "check", "mine"], "");
    assert_eq!((same.status.code(), same.stdout), (Some(0), built_in.stdout));
    let tip = folder.path().join("mine/en/tips/take-a-short-walk.toml");
    fs::write(&tip, fs::read_to_string(&tip).unwrap().replace("recover", "recovr")).unwrap();
    let wrong = program::run(folder.path(), &["catalog", "check", "mine"], "");
    assert_eq!(wrong.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&wrong.stdout).starts_with("en/tips/take-a-short-walk.toml:2: phase: unknown variant")
    );
}

#[test]
fn every_shell_gets_completions() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = program::run(folder.path(), &["completions", shell], "");
        assert!(output.status.success());
        assert!(String::from_utf8_lossy(&output.stdout).contains("advise"));
    }
}

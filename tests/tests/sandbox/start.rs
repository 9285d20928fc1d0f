//! What somebody meets who starts the sandbox: keys and people on standard output, nothing left behind, nothing mixed
//! with what is somebody's.

use std::fs;
use std::process::{Command, Stdio};

use rebound_domain::access::{ApiKey, KeyDigest, Scopes, Tenant};
use rebound_domain::id::ApiKeyId;
use rebound_storage::Storage;
use rebound_tests::process::Process;
use rebound_tests::service::json;
use rebound_tests::{program, sqlite};
use reqwest::Client;
use serde_json::{Value, json};

use crate::{ADMIN, command, sandbox};

const EMPLOYER: &str = "rbk_sandbox_employer_that_everybody_knows";
const APP: &str = "rbk_sandbox_app_that_everybody_knows";

async fn get(service: &Process, key: &str, path: &str) -> (u16, Value) {
    json(Client::new().get(format!("{}{path}", service.http)).bearer_auth(key)).await
}

/// How many rejections people have, as the key sees them.
async fn counts(service: &Process, key: &str) -> Vec<usize> {
    let mut counts = Vec::new();
    for number in 1042..=1053 {
        let (status, list) = get(service, key, &format!("/v1/users/emp-{number}/rejections")).await;
        assert_eq!(status, 200, "{list}");
        counts.push(list["rejections"].as_array().unwrap().len());
    }
    counts
}

#[tokio::test]
async fn each_side_sees_its_own_and_nothing_is_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let service = sandbox(folder.path());
    assert_eq!(counts(&service, ADMIN).await, [1, 1, 1, 1, 1, 1, 5, 2, 1, 1, 1, 1]);
    assert_eq!(counts(&service, EMPLOYER).await, [1, 1, 0, 1, 1, 1, 0, 0, 0, 0, 1, 0]);
    let (status, insights) = get(&service, APP, "/v1/users/emp-1048/insights?window=90d").await;
    assert_eq!((status, &insights["enough"]), (200, &json!(true)), "{insights}");
    assert_eq!(get(&service, EMPLOYER, "/v1/users/emp-1048/insights").await.0, 403);
    let (_, link) = get(&service, APP, "/v1/users/emp-1049/rejections").await;
    assert_eq!(link["rejections"][0]["result"]["linked_rejection"], link["rejections"][1]["id"], "{link}");
    assert!(!service.logged().contains("rbk_"), "{}", service.logged());
    assert!(service.terminate().success());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn keys_people_and_addresses_are_on_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let written = folder.path().join("out");
    let mut command = command(folder.path(), &[]);
    command.stdout(fs::File::create(&written).unwrap());
    let service = Process::spawn(command).unwrap();
    let (http, grpc) = (service.http.clone(), service.grpc.replace("http://", ""));
    // What is written when it is ready is there when it has stopped.
    assert!(service.terminate().success());
    let text = fs::read_to_string(written).unwrap();
    for part in [ADMIN, EMPLOYER, APP, "emp-1042  Kim Novak", &http, &grpc, "Nothing is left"] {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
}

#[tokio::test]
async fn a_named_database_is_kept_and_a_restart_doubles_nothing() {
    let (folder, database) = (tempfile::tempdir().unwrap(), sqlite::database());
    let start = || Process::spawn(command(folder.path(), &["--database-url", &database.url])).unwrap();
    let first = start();
    let (before, recorded) = (counts(&first, ADMIN).await, get(&first, ADMIN, "/v1/users/emp-1048/export").await.1);
    assert!(first.terminate().success());
    let second = start();
    assert_eq!(counts(&second, ADMIN).await, before);
    let again = get(&second, ADMIN, "/v1/users/emp-1048/export").await.1;
    assert_eq!(again["rejections"], recorded["rejections"]);
    assert_eq!(again["timeline"], recorded["timeline"]);
}

#[tokio::test]
async fn what_a_start_left_half_done_is_made_anew() {
    let (folder, database) = (tempfile::tempdir().unwrap(), sqlite::database());
    let storage = Storage::open(&database.url).unwrap();
    storage.migrate().await.unwrap();
    let created_at = "2026-01-02T03:04:05Z".parse().unwrap();
    let tenant =
        Tenant { id: "tnt_01kdyasxa8fmws4wtwf4v2bvqq".parse().unwrap(), name: "sandbox".to_owned(), created_at };
    let id: ApiKeyId = "key_01kdyasxa8fmws4wtwf4v2bvqt".parse().unwrap();
    let key = ApiKey {
        id,
        tenant: tenant.id,
        name: "admin".to_owned(),
        scopes: Scopes::all(),
        digest: KeyDigest::of(ADMIN),
        created_at,
        expires_at: None,
        revoked_at: None,
        bound_to: None,
    };
    assert!(storage.access().bootstrap(&tenant, &key).await.unwrap());
    storage.close().await;
    let service = Process::spawn(command(folder.path(), &["--database-url", &database.url])).unwrap();
    assert_eq!(counts(&service, ADMIN).await.iter().sum::<usize>(), 17);
}

#[tokio::test]
async fn it_stays_out_of_what_is_somebodys_and_others_stay_out_of_it() {
    let (folder, database) = (tempfile::tempdir().unwrap(), sqlite::database());
    let ordinary = Process::start(folder.path(), &database.url);
    assert!(ordinary.terminate().success());
    let mut into_it = command(folder.path(), &["--database-url", &database.url]);
    into_it.env("REBOUND_MASTER_KEY", "5a".repeat(32));
    let refused = Process::spawn(into_it).err().unwrap();
    assert!(refused.contains("holds a tenant other than the sandbox"), "{refused}");

    let database = sqlite::database();
    let public = Process::spawn(command(folder.path(), &["--database-url", &database.url])).unwrap();
    assert!(public.terminate().success());
    let mut serve = program::command(folder.path());
    serve.args(["serve", "--database-url", &database.url]);
    let refused = Process::spawn(serve).err().unwrap();
    assert!(refused.contains("the database is a sandbox"), "{refused}");

    let mut own_key: Command = command(folder.path(), &[]);
    own_key.env("REBOUND_BOOTSTRAP_KEY", "k".repeat(32));
    let refused = Process::spawn(own_key).err().unwrap();
    assert!(refused.contains("bootstrap_key is set"), "{refused}");
}

#[test]
fn it_warns_where_others_can_reach_it() {
    let folder = tempfile::tempdir().unwrap();
    assert!(!sandbox(folder.path()).logged().contains("everybody knows its keys"));
    let mut open = program::command(folder.path());
    open.args(["serve", "--sandbox", "--http-addr", "0.0.0.0:0", "--grpc-addr", "127.0.0.1:0"]).stdout(Stdio::null());
    let logged = Process::spawn(open).unwrap().logged();
    assert_eq!(logged.matches("everybody knows its keys").count(), 1, "{logged}");
}

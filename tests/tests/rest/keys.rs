//! Who may call, and how soon a key that is taken away stops to work.

use jiff::SignedDuration;
use rebound_domain::access::{ApiKey, Scope, Scopes, Secret};
use rebound_domain::environment::Clock as _;
use rebound_domain::id::ApiKeyId;
use rebound_storage::Storage;
use rebound_tests::service::{KEY, TestService, json};
use rebound_tests::{postgres, sqlite};
use serde_json::json;

const PATH: &str = "/v1/guidance?kind=idea";

#[tokio::test]
async fn without_a_valid_key_nothing_is_answered() {
    let service = TestService::start().await;
    let paths = [
        "/v1/guidance?kind=idea",
        "/v1/tips",
        "/v1/tips/x",
        "/v1/prompts",
        "/v1/scenarios",
        "/v1/challenges",
        "/v1/taxonomy",
        "/v1/sources",
    ];
    for path in paths {
        for authorization in ["", "Bearer", "Bearer ", "Bearer rbk_wrong", "Basic YTpi", KEY, &format!("Basic {KEY}")] {
            let request = service.get_without_key(path).header("authorization", authorization);
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 401, "{path} {authorization}");
            assert!(answer.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
            let problem: serde_json::Value = answer.json().await.unwrap();
            assert_eq!(problem["code"], "unauthenticated");
            assert!(!problem.to_string().contains("wrong"), "what was sent is not repeated");
        }
    }
    let answer = service.get_without_key(PATH).header("authorization", format!("bearer {KEY}")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn a_key_without_the_scope_is_told_which_one_it_lacks() {
    let database = sqlite::database();
    let service = TestService::start_on(&database.url).await;
    let (_, secret) = add_key(&service, &database.url, [Scope::Admin].into_iter().collect(), None).await;
    let (status, problem) = json(service.get_without_key(PATH).bearer_auth(secret.reveal())).await;
    assert_eq!((status, problem["code"].as_str()), (403, Some("permission_denied")));
    assert!(problem["detail"].as_str().unwrap().contains("`guidance`"));
}

#[tokio::test]
async fn a_key_ends_when_it_expires() {
    let database = sqlite::database();
    let service = TestService::start_on(&database.url).await;
    let (_, secret) = add_key(&service, &database.url, Scopes::all(), Some(SignedDuration::from_secs(60))).await;
    let status = async || service.get_without_key(PATH).bearer_auth(secret.reveal()).send().await.unwrap().status();
    assert_eq!(status().await, 200);
    service.clock.advance(SignedDuration::from_secs(59));
    assert_eq!(status().await, 200);
    service.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(status().await, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_refused_within_five_seconds_on_every_replica() {
    let (on_file, on_server) = (sqlite::database(), postgres::database().await);
    for url in [&on_file.url, &on_server.url] {
        let replicas = [TestService::start_on(url).await, TestService::start_on(url).await];
        let (key, secret) = add_key(&replicas[0], url, Scopes::all(), None).await;
        for replica in &replicas {
            let answer = replica.get_without_key(PATH).bearer_auth(secret.reveal()).send().await.unwrap();
            assert_eq!(answer.status(), 200);
        }
        let storage = Storage::open(url).unwrap();
        storage.access().revoke_api_key(key.tenant, key.id, replicas[0].clock.now()).await.unwrap().unwrap();
        for replica in &replicas {
            replica.clock.advance(SignedDuration::from_secs(5));
            let (status, problem) = json(replica.get_without_key(PATH).bearer_auth(secret.reveal())).await;
            assert_eq!((status, &problem["code"]), (401, &json!("unauthenticated")));
        }
        storage.close().await;
    }
}

#[tokio::test]
async fn the_database_sees_no_key_in_clear() {
    let database = sqlite::database();
    let service = TestService::start_on(&database.url).await;
    let (_, secret) = add_key(&service, &database.url, Scopes::all(), None).await;
    assert_eq!(service.get_without_key(PATH).bearer_auth(secret.reveal()).send().await.unwrap().status(), 200);
    let folder = std::path::Path::new(database.url.trim_start_matches("sqlite://")).parent().unwrap();
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for text in [KEY, secret.reveal(), &secret.reveal()[4..]] {
            assert!(!bytes.windows(text.len()).any(|window| window == text.as_bytes()));
        }
    }
}

async fn add_key(
    service: &TestService,
    url: &str,
    scopes: Scopes,
    lifetime: Option<SignedDuration>,
) -> (ApiKey, Secret) {
    let storage = Storage::open(url).unwrap();
    let tenant = storage.access().tenant_by_name("default").await.unwrap().unwrap();
    let secret = Secret::generate(&*service.entropy);
    let now = service.clock.now();
    let key = ApiKey {
        id: ApiKeyId::generate(now, &*service.entropy),
        tenant: tenant.id,
        name: "another".to_owned(),
        scopes,
        digest: secret.digest(),
        created_at: now,
        expires_at: lifetime.map(|lifetime| now + lifetime),
        revoked_at: None,
        bound_to: None,
    };
    storage.access().create_api_key(&key).await.unwrap();
    storage.close().await;
    (key, secret)
}

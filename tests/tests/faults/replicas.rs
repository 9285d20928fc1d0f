//! Two replicas on one PostgreSQL: whoever writes where, rules hold, nothing is lost, and both tell the same.

use futures_util::future::join_all;
use jiff::SignedDuration;
use rebound_tests::postgres::{self, TestDatabase};
use rebound_tests::service::{TestService, json};
use serde_json::{Value, json};

/// When the clock of the tests begins to stand.
pub(crate) const NOW: &str = "2026-01-02T03:04:05Z";

/// Both replicas, which know nothing of each other.
pub(crate) struct Pair {
    pub(crate) replicas: [TestService; 2],
    _database: TestDatabase,
}

impl Pair {
    pub(crate) async fn start() -> Self {
        let database = postgres::database().await;
        let first = TestService::start_on(&database.url).await;
        let second = TestService::start_replica(&database.url, 2).await;
        Self { replicas: [first, second], _database: database }
    }

    /// The answer of one replica to a POST.
    pub(crate) async fn post(&self, replica: usize, path: &str, body: &Value) -> (u16, Value) {
        json(self.replicas[replica % 2].post(path, body)).await
    }

    pub(crate) async fn get(&self, replica: usize, path: &str) -> Value {
        let (status, body) = json(self.replicas[replica % 2].get(path)).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// Time goes on for both.
    fn advance(&self, by: SignedDuration) {
        self.replicas.iter().for_each(|replica| replica.clock.advance(by));
    }

    /// A rejection of somebody: its path, and itself.
    pub(crate) async fn rejection(&self, user: &str) -> (String, Value) {
        let body = json!({"kind": "job_application", "occurred_at": NOW, "phase": "processing"});
        let (status, rejection) = self.post(0, &format!("/v1/users/{user}/rejections"), &body).await;
        assert_eq!(status, 201, "{rejection}");
        (format!("/v1/users/{user}/rejections/{}", rejection["id"].as_str().unwrap()), rejection)
    }
}

/// How many of the answers had this status.
fn count(answers: &[(u16, Value)], status: u16) -> usize {
    answers.iter().filter(|(answered, _)| *answered == status).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cadence_holds_and_no_update_is_lost_whoever_writes_where() {
    let pair = Pair::start().await;
    let (path, rejection) = pair.rejection("ann").await;
    let (contacts, reflections) = (format!("{path}/contacts"), format!("{path}/reflections"));
    let thanks = json!({"purpose": "thank_you", "channel": "email", "sent_at": NOW});
    let thanked = join_all((0..12).map(|number| pair.post(number, &contacts, &thanks)));
    let words = |number| json!({"answers": [{"prompt": "changes-to-make", "text": format!("words {number}")}]});
    let reflected = join_all((0..8).map(async |number| pair.post(number, &reflections, &words(number)).await));
    let (asks, asked) = (format!("{path}/feedback"), json!({"status": "requested"}));
    let asked = join_all((0..6).map(|number| pair.post(number, &asks, &asked)));
    let (thanked, reflected, asked) = tokio::join!(thanked, reflected, asked);

    assert_eq!((count(&thanked, 201), count(&thanked, 409)), (1, 11), "one thank-you: {thanked:?}");
    assert_eq!((count(&asked, 201), count(&asked, 409)), (1, 5), "one request: {asked:?}");
    assert_eq!(count(&reflected, 201), 8, "{reflected:?}");
    let [here, there] = [pair.get(0, &path).await, pair.get(1, &path).await];
    assert_eq!(here, there);
    let lengths = ["contacts", "feedback_items", "reflections"].map(|list| here[list].as_array().unwrap().len());
    assert_eq!(lengths, [1, 1, 8]);
    // Each write that was done is one version: none was written over another.
    let versions = versions(&pair, &rejection).await;
    assert_eq!(versions, (1, 1 + 1 + 1 + 8));
    let timeline = pair.get(1, "/v1/users/ann/timeline?page_size=200").await;
    assert_eq!(timeline["entries"].as_array().unwrap().len(), 1 + 1 + 1 + 8);
}

/// The versions of a rejection's record and diary, as they stand in its tag.
async fn versions(pair: &Pair, rejection: &Value) -> (i64, i64) {
    let database = &pair.replicas[0].database_url;
    let id = rejection["id"].as_str().unwrap().to_owned();
    let storage = rebound_storage::Storage::open(database).unwrap();
    storage.migrate().await.unwrap();
    let master = rebound_storage::MasterKey::parse(&"5a".repeat(32)).unwrap();
    storage.unlock(master, None, pair.replicas[0].entropy.clone()).await.unwrap();
    let tenant = storage.access().tenant_by_name("default").await.unwrap().unwrap().id;
    let owner = rebound_domain::history::Owner { tenant, user: rebound_domain::history::UserId::new("ann").unwrap() };
    let kept = storage.history().rejection(&owner, id.parse().unwrap()).await.unwrap().unwrap();
    storage.close().await;
    (kept.versions.record, kept.versions.diary)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_moves_one_way_however_many_push() {
    let pair = Pair::start().await;
    let (path, rejection) = pair.rejection("ann").await;
    let advance = format!("{path}/advance");
    // Each step is pushed from both sides; to stay is no error, and to have been moved on elsewhere is a refusal.
    for to in ["reflecting", "processing", "shock", "processing"] {
        let to = json!({ "to": to });
        let answers = join_all((0..8).map(|number| pair.post(number, &advance, &to))).await;
        assert_eq!(count(&answers, 200), 8, "{answers:?}");
    }
    assert_eq!(versions(&pair, &rejection).await, (1, 5));
    // Both sides push elsewhere. From `shock` there is no way to `reflecting`, so some may come too late.
    let ways = ["reflecting", "shock"].map(|to| json!({ "to": to }));
    let answers = join_all((0..8).map(|number| pair.post(number, &advance, &ways[number % 2]))).await;
    assert_eq!(count(&answers, 200) + count(&answers, 409), 8, "{answers:?}");
    let timeline = pair.get(1, "/v1/users/ann/timeline?page_size=200").await;
    let lines = i64::try_from(timeline["entries"].as_array().unwrap().len()).unwrap();
    assert_eq!(versions(&pair, &rejection).await, (1, lines), "one line for each move");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_at_both_replicas_has_one_effect() {
    let pair = Pair::start().await;
    for round in 0..10 {
        let (user, key) = (format!("person-{round}"), format!("key-{round}"));
        let body = json!({"kind": "idea", "occurred_at": NOW, "role": format!("role {round}")});
        let path = format!("/v1/users/{user}/rejections");
        let answers = join_all(
            (0..6).map(|number| json(pair.replicas[number % 2].post(&path, &body).header("idempotency-key", &key))),
        );
        let answers = answers.await;
        assert_eq!(answers[0].0, 201, "{answers:?}");
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!(pair.get(1, &path).await["rejections"], json!([answers[0].1]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_changed_at_one_replica_act_at_the_other_within_five_seconds() {
    let pair = Pair::start().await;
    let (path, _) = pair.rejection("ann").await;
    let link = async |replica| pair.get(replica, &path).await["safety"]["support_link"].clone();
    for (round, changed) in ["https://one.example/", "https://two.example/"].into_iter().enumerate() {
        // Both have just read what was before.
        let _warm = (link(0).await, link(1).await);
        let put = reqwest::Client::new().put(format!("{}/v1/tenant-settings", pair.replicas[round].http));
        let put = put.bearer_auth(rebound_tests::service::KEY).json(&json!({ "support_link": changed }));
        assert_eq!(put.send().await.unwrap().status(), 200);
        assert_eq!(link(round).await, changed, "at once where it was changed");
        pair.advance(SignedDuration::from_secs(5));
        assert_eq!(link(round + 1).await, changed, "soon elsewhere");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_legal_hold_set_at_one_replica_holds_at_the_other_at_once() {
    let pair = Pair::start().await;
    let (path, rejection) = pair.rejection("ann").await;
    // The second has just read that nothing is held.
    pair.get(1, &path).await;
    let hold = json!({ "legal_hold": { "reason": "Case 7", "until": "2027-01-01T00:00:00Z" } });
    let (status, _) = json(pair.replicas[0].put_json("/v1/tenant-settings", hold.to_string())).await;
    assert_eq!(status, 200);
    let (status, problem) = json(pair.replicas[1].delete(&path)).await;
    assert_eq!((status, &problem["code"]), (409, &json!("legal_hold")), "{problem}");
    let (status, receipt) = json(pair.replicas[1].delete("/v1/users/ann")).await;
    assert_eq!((status, &receipt["erased"]["held"]), (200, &json!(1)), "{rejection}: {receipt}");
}

//! A person is erased at one replica while others write and read at both, with the person's keys open everywhere.

use futures_util::future::join_all;
use rebound_domain::history::{Owner, Shown, UserId};
use rebound_storage::Storage;
use rebound_tests::service::json;
use serde_json::{Value, json};

use crate::replicas::{NOW, Pair};
use crate::rounds::rounds;

/// How many of each kind of request are under way during an erasure.
const AT_ONCE: usize = 12;

/// The tips that were shown to a person, as the database has them.
async fn shown(pair: &Pair, user: &str) -> Shown {
    let storage = Storage::open(&pair.replicas[0].database_url).unwrap();
    let master = rebound_storage::MasterKey::parse(&"5a".repeat(32)).unwrap();
    storage.unlock(master, None, pair.replicas[0].entropy.clone()).await.unwrap();
    let tenant = storage.access().tenant_by_name("default").await.unwrap().unwrap().id;
    let shown = storage.history().shown(&Owner { tenant, user: UserId::new(user).unwrap() }).await.unwrap();
    storage.close().await;
    shown
}

fn length(list: &Value) -> u64 {
    u64::try_from(list.as_array().unwrap().len()).unwrap()
}

/// How many answers say that something was made, and that there is nothing to write to any more.
fn sort(answers: &[(u16, Value)]) -> (u64, u64) {
    let [made, gone] = [201, 404].map(|status| answers.iter().filter(|answer| answer.0 == status).count() as u64);
    assert_eq!(made + gone, answers.len() as u64, "{answers:?}");
    (made, gone)
}

/// Erases a person with whom everybody is busy; answers how many writes came before and after.
async fn erase_busy_person(pair: &Pair, user: &str) -> (u64, u64) {
    let (old, _) = pair.rejection(user).await;
    let base = format!("/v1/users/{user}");
    let secret = json!({"answers": [{"prompt": "changes-to-make", "text": "a secret of before"}]});
    assert_eq!(pair.post(1, &format!("{old}/reflections"), &secret).await.0, 201);
    let (rejections, items, reflections) =
        (format!("{base}/rejections"), format!("{base}/action-items"), format!("{old}/reflections"));
    let rejection = json!({"kind": "idea", "occurred_at": NOW});
    let (item, words) = (json!({"title": "Rest"}), json!({"answers": [{"prompt": "changes-to-make", "text": "more"}]}));
    let made = join_all((0..AT_ONCE).map(|number| pair.post(number, &rejections, &rejection)));
    let noted = join_all((0..AT_ONCE).map(|number| pair.post(number, &items, &item)));
    let reflected = join_all((0..AT_ONCE / 2).map(|number| pair.post(number, &reflections, &words)));
    let advised = join_all(
        (1..=AT_ONCE).map(|limit| pair.replicas[limit % 2].get(&format!("{old}/guidance?limit={limit}")).send()),
    );
    let erased = json(pair.replicas[0].delete(&base));
    let (erased, made, noted, reflected, advised) = tokio::join!(erased, made, noted, reflected, advised);
    assert!(advised.iter().all(|answer| matches!(answer.as_ref().unwrap().status().as_u16(), 200 | 404)));

    let (made, noted, reflected) = (sort(&made), sort(&noted), sort(&reflected));
    assert_eq!((made.1, noted.1), (0, 0), "whoever comes later is somebody new");
    let (status, receipt) = erased;
    assert_eq!(status, 200, "{receipt}");
    let [here, there] = [pair.get(0, &format!("{base}/export")).await, pair.get(1, &format!("{base}/export")).await];
    assert_eq!(here, there);
    assert!(!here.to_string().contains("a secret of before"));
    for replica in &pair.replicas {
        assert_eq!(replica.get(&old).send().await.unwrap().status(), 404);
    }
    let erased = &receipt["erased"];
    let sum = |name: &str, list: &str| erased[name].as_u64().unwrap() + length(&here[list]);
    assert_eq!(sum("rejections", "rejections"), 1 + made.0);
    assert_eq!(sum("action_items", "action_items"), noted.0);
    assert_eq!(sum("entries", "timeline"), 2 + made.0 + noted.0 + reflected.0);
    for replica in 0..2 {
        let read = pair.get(replica, &format!("/v1/erasure-receipts/{}", receipt["id"].as_str().unwrap())).await;
        assert_eq!((&read["genuine"], &read["erased"]), (&json!(true), erased));
    }
    assert_eq!(shown(pair, user).await, Shown::default(), "no tip was shown to the one who came after");
    (erased["rejections"].as_u64().unwrap() - 1, length(&here["rejections"]))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_an_erased_person_comes_back_while_both_replicas_are_busy() {
    let pair = Pair::start().await;
    let (mut before, mut after) = (0, 0);
    for round in rounds() {
        for person in 0..10 {
            let (came_before, came_after) = erase_busy_person(&pair, &format!("person-{round}-{person}")).await;
            (before, after) = (before + came_before, after + came_after);
        }
    }
    println!("{before} rejections came before an erasure, {after} after it");
    assert!(before > 0 && after > 0, "erasures met writes under way");
}

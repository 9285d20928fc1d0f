//! The catalog as clients read it.

use std::collections::BTreeSet;

use rebound_tests::service::{TestService, json};
use serde_json::Value;

#[tokio::test]
async fn sources_show_that_all_175_pieces_of_advice_are_carried() {
    let service = TestService::start().await;
    let (_, sources) = json(service.get("/v1/sources")).await;
    let articles = sources["articles"].as_array().unwrap();
    assert_eq!(articles.len(), 5);
    let atoms: Vec<&Value> = articles.iter().flat_map(|article| article["atoms"].as_array().unwrap()).collect();
    assert_eq!(atoms.len(), 175);
    for atom in &atoms {
        assert!(!atom["carried_by"].as_array().unwrap().is_empty(), "{atom}");
        assert!(atom["position"].as_str().unwrap().starts_with('L'));
    }
    let ids: BTreeSet<_> = atoms.iter().map(|atom| atom["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 175);
}

#[tokio::test]
async fn lists_come_by_the_page() {
    let service = TestService::start().await;
    let (_, whole) = json(service.get("/v1/tips?page_size=1000")).await;
    let whole = ids(&whole["tips"]);
    assert!((60..=90).contains(&whole.len()));
    assert!(whole.is_sorted());
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let (_, page) = json(service.get(&format!("/v1/tips?page_size=7&page_token={token}"))).await;
        assert!(page["tips"].as_array().unwrap().len() <= 7);
        seen.extend(ids(&page["tips"]));
        token = page["next_page_token"].as_str().unwrap().to_owned();
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, whole);
    let (_, default) = json(service.get("/v1/tips")).await;
    assert_eq!(default["tips"].as_array().unwrap().len(), 50);
    let (_, least) = json(service.get("/v1/tips?page_size=-3")).await;
    assert_eq!(least["tips"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_page_token_belongs_to_its_list() {
    let service = TestService::start().await;
    let (_, page) = json(service.get("/v1/tips?page_size=7")).await;
    let token = page["next_page_token"].as_str().unwrap();
    for wrong in [token, "zz", "0011", "é"] {
        let (status, problem) = json(service.get(&format!("/v1/prompts?page_token={wrong}"))).await;
        assert_eq!((status, problem["errors"][0]["pointer"].as_str()), (422, Some("/page_token")));
    }
    let (status, problem) = json(service.get("/v1/prompts?page=2&page_size=x")).await;
    assert_eq!((status, problem["errors"].as_array().unwrap().len()), (422, 2));
}

#[tokio::test]
async fn every_item_that_a_tip_offers_can_be_read() {
    let service = TestService::start().await;
    let mut known = BTreeSet::new();
    for (list, item_type) in [("prompts", "prompt"), ("scenarios", "scenario"), ("challenges", "challenge")] {
        let (_, page) = json(service.get(&format!("/v1/{list}?page_size=200"))).await;
        known.extend(ids(&page[list]).into_iter().map(|id| (item_type.to_owned(), id)));
    }
    let (_, tips) = json(service.get("/v1/tips?page_size=200")).await;
    for tip in tips["tips"].as_array().unwrap() {
        let (status, single) = json(service.get(&format!("/v1/tips/{}", tip["id"].as_str().unwrap()))).await;
        assert_eq!((status, &single), (200, tip));
        for action in tip["actions"].as_array().unwrap().iter().filter(|action| action["type"] != "reply") {
            let named = (action["type"].as_str().unwrap().to_owned(), action["id"].as_str().unwrap().to_owned());
            assert!(known.contains(&named), "{action}");
        }
    }
    let (status, problem) = json(service.get("/v1/tips/moon")).await;
    assert_eq!((status, problem["code"].as_str()), (404, Some("not_found")));
}

#[tokio::test]
async fn a_prompt_about_causes_has_a_twin_about_strengths() {
    let service = TestService::start().await;
    let (_, page) = json(service.get("/v1/prompts?page_size=200")).await;
    let prompts = page["prompts"].as_array().unwrap();
    let causes: Vec<_> = prompts.iter().filter(|prompt| prompt["about"] == "causes").collect();
    assert!(!causes.is_empty());
    for prompt in causes {
        let twin = prompts.iter().find(|other| other["id"] == prompt["paired_with"]).unwrap();
        assert_eq!(twin["about"], "strengths");
    }
}

#[tokio::test]
async fn scenarios_give_a_reason_for_every_answer() {
    let service = TestService::start().await;
    let (_, page) = json(service.get("/v1/scenarios")).await;
    let scenarios = page["scenarios"].as_array().unwrap();
    assert!(scenarios.len() >= 6);
    for scenario in scenarios {
        let options = scenario["options"].as_array().unwrap();
        assert!(
            options.iter().any(|option| option["best"] == true) && options.iter().any(|option| option["best"] == false)
        );
        assert!(options.iter().all(|option| !option["rationale"].as_str().unwrap().is_empty()));
        assert_eq!(scenario["answer_key"], "ours");
    }
}

#[tokio::test]
async fn the_taxonomy_has_every_code_that_a_context_takes() {
    use rebound_domain::context::Field;
    let service = TestService::start().await;
    let (_, taxonomy) = json(service.get("/v1/taxonomy")).await;
    for (list, field) in [("kinds", Field::Kind), ("causes", Field::Causes), ("reasons", Field::Reasons)] {
        let codes: BTreeSet<_> =
            taxonomy[list].as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap()).collect();
        assert_eq!(codes, field.values().iter().copied().collect(), "{list}");
    }
}

fn ids(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

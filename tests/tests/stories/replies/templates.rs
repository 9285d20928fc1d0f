//! The templates, to be read.

use rebound_tests::proto::{GetReplyTemplateRequest, ListReplyTemplatesRequest};
use rebound_tests::service::{json, reason, with_key};
use serde_json::{Value, json};

use super::{Doors, as_message};

const IDS: [&str; 8] = [
    "ask-to-reconsider",
    "feedback-request",
    "feedback-response",
    "keep-the-door-open",
    "offer-to-help",
    "status-inquiry",
    "thank-you",
    "thank-you-and-feedback",
];

#[tokio::test]
async fn both_doors_show_the_same_templates() {
    let mut doors = Doors::open().await;
    let (status, list) = json(doors.rest.get("/v1/reply-templates?locale=en-GB")).await;
    assert_eq!(status, 200);
    assert_eq!(list["locale"], json!({"requested": "en-GB", "resolved": "en"}));
    assert_eq!(list["next_page_token"], "");
    let templates = list["reply_templates"].as_array().unwrap();
    assert_eq!(templates.iter().map(|it| it["id"].as_str().unwrap()).collect::<Vec<_>>(), IDS);
    let asked = ListReplyTemplatesRequest { locale: Some("en-GB".to_owned()), ..Default::default() };
    let by_grpc = doors.grpc.list_reply_templates(with_key(asked)).await.unwrap().into_inner();
    assert_eq!(&by_grpc.reply_templates.iter().map(as_message::template).collect::<Vec<_>>(), templates);
    for template in templates {
        let id = template["id"].as_str().unwrap().to_owned();
        let (status, one) = json(doors.rest.get(&format!("/v1/reply-templates/{id}"))).await;
        assert_eq!((status, &one), (200, template));
        let asked = GetReplyTemplateRequest { id, locale: None };
        let by_grpc = doors.grpc.get_reply_template(with_key(asked)).await.unwrap().into_inner();
        assert_eq!(as_message::template(&by_grpc.reply_template.unwrap()), one);
    }
}

#[tokio::test]
async fn a_template_says_what_it_needs() {
    let doors = Doors::open().await;
    let (_, template) = json(doors.rest.get("/v1/reply-templates/ask-to-reconsider")).await;
    assert_eq!(template["when"], json!(["decision=open_to_change", "kind!=dismissal"]));
    assert_eq!(template["channels"], json!(["email", "phone", "chat", "in_person"]));
    let variable = |name: &str| -> Value {
        let mut variables = template["variables"].as_array().unwrap().iter();
        variables.find(|it| it["name"] == name).unwrap().clone()
    };
    let concession = variable("concession");
    assert_eq!((&concession["required"], &concession["type"]), (&json!(true), &json!("text")));
    assert_eq!(variable("sender_name")["channels"], json!(["email", "phone"]));
    assert_eq!(variable("recipient_email")["channels"], json!(["email"]));
    assert_eq!(variable("organization")["fallback"], "you");
    assert!(variable("role").get("fallback").is_none());
}

#[tokio::test]
async fn templates_come_by_the_page_and_with_tags() {
    let mut doors = Doors::open().await;
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let (_, page) = json(doors.rest.get(&format!("/v1/reply-templates?page_size=3&page_token={token}"))).await;
        seen.extend(page["reply_templates"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()));
        page["next_page_token"].as_str().unwrap().clone_into(&mut token);
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, IDS);
    let first = doors.rest.get("/v1/reply-templates/thank-you").send().await.unwrap();
    let again = doors.rest.get("/v1/reply-templates/thank-you").header("if-none-match", &first.headers()["etag"]);
    assert_eq!(again.send().await.unwrap().status(), 304);

    let (status, problem) = json(doors.rest.get("/v1/reply-templates/no-such")).await;
    assert_eq!((status, &problem["code"]), (404, &json!("not_found")));
    let asked = GetReplyTemplateRequest { id: "no-such".to_owned(), locale: None };
    let refusal = doors.grpc.get_reply_template(with_key(asked)).await.unwrap_err();
    assert_eq!(reason(&refusal), "NOT_FOUND");
    let (status, _) = json(doors.rest.get("/v1/reply-templates?page_token=00")).await;
    assert_eq!(status, 422);
}

//! Entity tags, compression and languages.

use std::io::Read as _;

use rebound_tests::service::TestService;
use serde_json::Value;

const PATH: &str = "/v1/guidance?kind=job_application&conversation=held&stage=interview";

#[tokio::test]
async fn an_answer_that_the_client_has_is_not_sent_again() {
    let service = TestService::start().await;
    let first = service.get(PATH).send().await.unwrap();
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(first.headers()["cache-control"], "private");
    let strong = tag.trim_start_matches("W/").to_owned();
    for wish in [tag.clone(), strong, "*".to_owned(), format!("\"other\", {tag}")] {
        let again = service.get(PATH).header("if-none-match", &wish).send().await.unwrap();
        assert_eq!(again.status(), 304, "{wish}");
        assert_eq!(again.headers()["etag"].to_str().unwrap(), tag);
        assert!(again.headers().get("content-length").is_none(), "it would have to be that of the answer");
        assert!(again.bytes().await.unwrap().is_empty());
    }
    for other in ["&limit=3", "&explain=true", "&locale=en-GB", "&niche_field=true"] {
        let another = service.get(&format!("{PATH}{other}")).header("if-none-match", &tag).send().await.unwrap();
        assert_eq!(another.status(), 200, "{other}");
    }
    let same_in_other_order = "/v1/guidance?stage=interview&conversation=held&kind=job_application";
    let same = service.get(same_in_other_order).header("if-none-match", &tag).send().await.unwrap();
    assert_eq!(same.status(), 304);
}

#[tokio::test]
async fn the_same_question_gets_the_same_bytes_on_every_replica() {
    let (one, two) = (TestService::start().await, TestService::start().await);
    let (first, second) = (one.get(PATH).send().await.unwrap(), two.get(PATH).send().await.unwrap());
    assert_eq!(first.headers()["etag"], second.headers()["etag"]);
    let first = first.bytes().await.unwrap();
    assert_eq!(first, second.bytes().await.unwrap());
    assert_eq!(first, one.get(PATH).send().await.unwrap().bytes().await.unwrap());
}

#[tokio::test]
async fn documents_of_the_catalog_have_tags_too() {
    let service = TestService::start().await;
    for path in [
        "/v1/tips",
        "/v1/tips/take-time-first",
        "/v1/prompts",
        "/v1/scenarios",
        "/v1/challenges",
        "/v1/taxonomy",
        "/v1/sources",
    ] {
        let first = service.get(path).send().await.unwrap();
        assert_eq!(first.status(), 200, "{path}");
        let tag = first.headers()["etag"].to_str().unwrap().to_owned();
        let again = service.get(path).header("if-none-match", tag).send().await.unwrap();
        assert_eq!(again.status(), 304, "{path}");
    }
}

#[tokio::test]
async fn large_answers_are_compressed_for_clients_that_take_it() {
    let service = TestService::start().await;
    let plain = service.get(PATH).send().await.unwrap();
    assert!(plain.headers().get("content-encoding").is_none());
    let plain = plain.bytes().await.unwrap();
    for accepted in ["gzip", "br, gzip;q=0.5", "GZIP"] {
        let packed = service.get(PATH).header("accept-encoding", accepted).send().await.unwrap();
        assert_eq!(packed.headers()["content-encoding"], "gzip");
        let packed = packed.bytes().await.unwrap();
        assert!(packed.len() * 2 < plain.len());
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&*packed).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, plain);
    }
    for refused in ["gzip;q=0", "gzip;Q=0", "gzip;x=1;q=0", "br", ""] {
        let answer = service.get(PATH).header("accept-encoding", refused).send().await.unwrap();
        assert!(answer.headers().get("content-encoding").is_none(), "{refused}");
    }
}

#[tokio::test]
async fn the_language_of_the_body_goes_before_the_header() {
    let service = TestService::start().await;
    let cases = [
        ("", "", None),
        ("&locale=en-gb", "", Some("en-GB")),
        ("&locale=en-GB", "de", Some("en-GB")),
        ("", "de, en-US;q=0.5", Some("en-US")),
        ("", "de", Some("de")),
        ("", "*", None),
        ("", "garbage;;q=x, en;q=0.1", Some("en")),
    ];
    for (query, header, requested) in cases {
        let answer = service.get(&format!("{PATH}{query}")).header("accept-language", header).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["locale"]["resolved"], "en");
        assert_eq!(answer["locale"].get("requested").and_then(Value::as_str), requested, "{query} {header}");
    }
}

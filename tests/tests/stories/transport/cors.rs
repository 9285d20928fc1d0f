//! Which pages may call.

use rebound_server::config::Layer;
use rebound_tests::service::TestService;
use reqwest::{Client, Method, Response};

const OWN: &str = "https://app.example.com";

/// What a browser asks before a page of `origin` may send something.
async fn preflight(address: &str, path: &str, origin: &str, headers: &str) -> Response {
    let request = Client::new().request(Method::OPTIONS, format!("{address}{path}")).header("origin", origin);
    let request = request.header("access-control-request-method", "POST");
    request.header("access-control-request-headers", headers).send().await.unwrap()
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn only_pages_of_named_origins_may_call() {
    let layer =
        Layer { cors_origins: Some(vec![OWN.to_owned(), "http://localhost:5173".to_owned()]), ..Layer::default() };
    let service = TestService::start_with_settings(layer).await;
    let asked = [
        (&service.http, "/v1/guidance", "authorization,content-type,idempotency-key"),
        (&service.grpc, "/rebound.v1.GuidanceService/GetGuidance", "authorization,content-type,x-grpc-web"),
    ];
    for (address, path, headers) in asked {
        for (origin, allowed) in
            [(OWN, OWN), ("http://localhost:5173", "http://localhost:5173"), ("https://evil.example", "")]
        {
            let answer = preflight(address, path, origin, headers).await;
            assert_eq!(answer.status(), 200);
            assert_eq!(header(&answer, "access-control-allow-origin"), allowed, "{path}");
            assert!(answer.headers().get("access-control-allow-credentials").is_none());
            let known = header(&answer, "access-control-allow-headers");
            assert!(headers.split(',').all(|name| known.contains(name)), "{known}");
        }
    }
    let answer = service.get("/v1/guidance?kind=idea").header("origin", OWN).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), header(&answer, "access-control-allow-origin")), (200, OWN));
    assert!(header(&answer, "access-control-expose-headers").contains("etag"));
    let vary: Vec<&str> = answer.headers().get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
    assert!(vary.join(",").to_ascii_lowercase().contains("origin"), "{vary:?}");
    assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn without_the_setting_no_page_may() {
    let service = TestService::start().await;
    let answer = preflight(&service.http, "/v1/guidance", OWN, "authorization").await;
    assert_eq!((answer.status().as_u16(), header(&answer, "access-control-allow-origin")), (405, ""));
    let answer = service.get("/v1/guidance?kind=idea").header("origin", OWN).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), header(&answer, "access-control-allow-origin")), (200, ""));
    assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
}

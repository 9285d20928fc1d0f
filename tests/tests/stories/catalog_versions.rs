//! A client that stays with an older version of the catalog, through every door.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

use futures_util::{StreamExt as _, stream};
use rebound_tests::archive::{OLDER, OLDER_TITLE, change, current_version, with_older};
use rebound_tests::program;
use rebound_tests::proto::batch_get_guidance_response::Result as ItemResult;
use rebound_tests::proto::catalog_service_client::CatalogServiceClient;
use rebound_tests::proto::guidance_service_client::GuidanceServiceClient;
use rebound_tests::proto::{BatchGetGuidanceRequest, GetGuidanceRequest, ListCatalogVersionsRequest};
use rebound_tests::service::{TestService, json, reason, with_key};
use serde_json::{Value, json};
use tonic_types::StatusExt as _;

use crate::grpc_as_json;

/// The answer to the same situation through every door, in the form of REST; `None`: no version is named.
async fn through_every_door(service: &TestService, archive: &Path, version: Option<&str>) -> Vec<Value> {
    let mut body = json!({ "context": { "kind": "idea", "phase": "shock" } });
    let mut query = "/v1/guidance?kind=idea&phase=shock".to_owned();
    let archive = archive.to_str().unwrap();
    let mut arguments = vec!["advise", "--kind", "idea", "--phase", "shock", "--catalog-archive", archive];
    if let Some(version) = version {
        body["catalog_version"] = json!(version);
        query = format!("{query}&catalog_version={version}");
        arguments.extend(["--catalog-version", version]);
    }
    let line = service.post_bytes("/v1/guidance/batch", "application/x-ndjson", body.to_string());
    let mut grpc = GuidanceServiceClient::new(service.channel().await);
    let message = grpc_as_json::request(&body);
    let GetGuidanceRequest { context, catalog_version, .. } = message.clone();
    let item = BatchGetGuidanceRequest { context, catalog_version, ..BatchGetGuidanceRequest::default() };
    let items = grpc.batch_get_guidance(with_key(stream::iter([item]))).await.unwrap().into_inner();
    let items: Vec<_> = items.map(Result::unwrap).collect().await;
    let Some(ItemResult::Guidance(by_stream)) = &items[0].result else { panic!("{:?}", items[0]) };
    vec![
        json(service.post("/v1/guidance", &body)).await.1,
        json(service.get(&query)).await.1,
        json(line).await.1["guidance"].clone(),
        grpc_as_json::guidance(&grpc.get_guidance(with_key(message)).await.unwrap().into_inner()),
        grpc_as_json::guidance(by_stream),
        serde_json::from_slice(&program::run(Path::new(archive), &arguments, "").stdout).unwrap(),
    ]
}

#[tokio::test]
async fn an_older_version_answers_in_its_own_words_through_every_door() {
    let folder = tempfile::tempdir().unwrap();
    with_older(folder.path());
    let service = TestService::start_with_archive(folder.path()).await;
    // In turn, so that what is remembered of one version would show in the other.
    let current = current_version();
    for version in [None, Some(OLDER), Some(&*current), Some(OLDER), None] {
        let is_older = version == Some(OLDER);
        for answer in through_every_door(&service, folder.path(), version).await {
            assert_eq!(answer["catalog_version"], if is_older { OLDER } else { &current });
            assert_eq!(answer["steps"][0]["tip"], "take-time-first");
            assert_eq!(answer["steps"][0]["title"] == OLDER_TITLE, is_older, "{answer}");
        }
    }
    let answers = through_every_door(&service, folder.path(), Some(OLDER)).await;
    assert!(answers.iter().all(|answer| *answer == answers[0]), "every door answers alike");
}

#[tokio::test]
async fn a_language_and_a_tag_are_those_of_the_version() {
    let folder = tempfile::tempdir().unwrap();
    with_older(folder.path());
    let service = TestService::start_with_archive(folder.path()).await;
    let path = "/v1/guidance?kind=idea&phase=shock";
    let (current, older) = (service.get(path), service.get(&format!("{path}&catalog_version={OLDER}")));
    let current = current.header("accept-language", "de").send().await.unwrap();
    let older = older.header("accept-language", "de").send().await.unwrap();
    assert_ne!(current.headers()["etag"], older.headers()["etag"]);
    let (current, older): (Value, Value) = (current.json().await.unwrap(), older.json().await.unwrap());
    assert_eq!((&current["locale"]["resolved"], &older["locale"]["resolved"]), (&json!("en"), &json!("de")));
    assert_eq!(older["steps"][0]["title"], "Nimm dir erst etwas Zeit");

    let named = service.get(&format!("{path}&catalog_version={}", current_version())).send().await.unwrap();
    let absent = service.get(path).send().await.unwrap();
    assert_eq!(named.headers()["etag"], absent.headers()["etag"]);
    assert_eq!(named.bytes().await.unwrap(), absent.bytes().await.unwrap());

    let mut grpc = GuidanceServiceClient::new(service.channel().await);
    let body = json!({ "context": { "kind": "idea", "phase": "shock" }, "catalog_version": OLDER });
    let GetGuidanceRequest { context, catalog_version, .. } = grpc_as_json::request(&body);
    let item = BatchGetGuidanceRequest { context, catalog_version, ..BatchGetGuidanceRequest::default() };
    let mut request = with_key(stream::iter([item]));
    request.metadata_mut().insert("accept-language", "de".parse().unwrap());
    let answer = grpc.batch_get_guidance(request).await.unwrap().into_inner().message().await.unwrap().unwrap();
    let Some(ItemResult::Guidance(guidance)) = answer.result else { panic!("{answer:?}") };
    assert_eq!(grpc_as_json::guidance(&guidance), older);
}

#[tokio::test]
async fn a_version_that_is_not_carried_is_refused_with_those_that_are() {
    let folder = tempfile::tempdir().unwrap();
    with_older(folder.path());
    let service = TestService::start_with_archive(folder.path()).await;
    let mut grpc = GuidanceServiceClient::new(service.channel().await);
    for version in ["2026.9.0", "", "zebra"] {
        let body = json!({ "context": { "kind": "idea" }, "catalog_version": version });
        let (status, problem) = json(service.post("/v1/guidance", &body)).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/catalog_version")));
        let detail = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.ends_with(&format!("allowed: {}, {OLDER}", current_version())), "{detail}");
        let (status, by_query) = json(service.get(&format!("/v1/guidance?kind=idea&catalog_version={version}"))).await;
        assert_eq!((status, &by_query["errors"]), (422, &problem["errors"]));
        let line = service.post_bytes("/v1/guidance/batch", "application/x-ndjson", body.to_string());
        assert_eq!(json(line).await.1["error"]["errors"], problem["errors"]);

        let status = grpc.get_guidance(with_key(grpc_as_json::request(&body))).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (tonic::Code::InvalidArgument, "INVALID_REQUEST"));
        let violation = &status.get_details_bad_request().unwrap().field_violations[0];
        assert_eq!((violation.field.as_str(), violation.description.as_str()), ("catalog_version", detail));

        let arguments = ["advise", "--kind", "idea", "--catalog-version", version, "--catalog-archive", "."];
        let output = program::run(folder.path(), &arguments, "");
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains(detail));
    }
    let number = json!({ "context": { "kind": "idea" }, "catalog_version": 2026 });
    let (status, problem) = json(service.post("/v1/guidance", &number)).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/catalog_version")));
    let twice = format!("/v1/guidance?kind=idea&catalog_version={0}&catalog_version={0}", current_version());
    assert_eq!(json(service.get(&twice)).await.1["errors"][0]["detail"], "given more than once");
}

#[tokio::test]
async fn the_change_log_is_read_by_the_page() {
    let folder = tempfile::tempdir().unwrap();
    with_older(folder.path());
    let service = TestService::start_with_archive(folder.path()).await;
    let (status, whole) = json(service.get("/v1/catalog-versions")).await;
    assert_eq!((status, &whole["next_page_token"]), (200, &json!("")));
    let versions = whole["catalog_versions"].as_array().unwrap();
    let shown = |version: &Value| ["version", "current", "carried"].map(|member| version[member].clone());
    let shown: Vec<_> = versions.iter().map(shown).collect();
    // Between the two that are carried, the log has those that are not.
    assert_eq!(shown.first(), Some(&[json!(current_version()), json!(true), json!(true)]));
    assert_eq!(shown.last(), Some(&[json!(OLDER), json!(false), json!(true)]));
    assert!(shown[1..shown.len() - 1].iter().all(|version| version[1..] == [json!(false), json!(false)]), "{shown:?}");
    assert_eq!(versions.last().unwrap()["released"], "2026-10-05");
    assert!(versions.iter().all(|version| !version["changes"].as_array().unwrap().is_empty()));
    let (_, first) = json(service.get("/v1/catalog-versions?page_size=1")).await;
    let token = first["next_page_token"].as_str().unwrap();
    let (_, second) = json(service.get(&format!("/v1/catalog-versions?page_token={token}"))).await;
    assert_eq!((&first["catalog_versions"][0], &second["catalog_versions"][0]), (&versions[0], &versions[1]));
    let (status, problem) = json(service.get("/v1/catalog-versions?locale=en")).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/locale")));
    let keyless = service.get_without_key("/v1/catalog-versions").send().await.unwrap();
    assert_eq!(keyless.status(), 401);

    let mut grpc = CatalogServiceClient::new(service.channel().await);
    let mut token = String::new();
    for version in versions {
        let request = ListCatalogVersionsRequest { page_size: 1, page_token: token };
        let page = grpc.list_catalog_versions(with_key(request)).await.unwrap().into_inner();
        let [found] = &page.catalog_versions[..] else { panic!("{page:?}") };
        let found = json!({
            "version": found.version, "current": found.current, "carried": found.carried, "released": found.released,
            "changes": found.changes,
        });
        assert_eq!(found, *version);
        token = page.next_page_token;
    }
    assert_eq!(token, "");
    let wrong = ListCatalogVersionsRequest { page_size: 1, page_token: "00".into() };
    assert_eq!(grpc.list_catalog_versions(with_key(wrong)).await.unwrap_err().code(), tonic::Code::InvalidArgument);
}

/// What a server says that is started with an archive and ends by itself. It could not go on anyway: its port is taken.
fn refused_start(folder: &Path) -> String {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = program::command(folder);
    command.args(["--http-addr", &address, "--log", "off"]);
    let output = command.env("REBOUND_CATALOG_ARCHIVE", "archive").stderr(Stdio::piped()).output().unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_mistake_in_the_archive_stops_the_start_with_file_line_and_field() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    assert!(refused_start(folder.path()).contains("archive: "), "a folder that is not there is named");
    fs::create_dir(&archive).unwrap();
    with_older(&archive);
    let tip = archive.join(OLDER).join("en/tips/take-a-short-walk.toml");
    change(&tip, "recover", "recovr");
    let said = refused_start(folder.path());
    assert!(said.contains("archive/2026.10.0/en/tips/take-a-short-walk.toml:2: phase: unknown variant"), "{said}");
    change(&tip, "recovr", "recover");
    change(&tip, "title = \"", "title = \"Wow! ");
    let said = refused_start(folder.path());
    assert!(said.contains("take-a-short-walk.toml:") && said.contains("has an exclamation mark"), "{said}");
    change(&tip, "Wow! ", "");

    fs::rename(archive.join(OLDER), archive.join("2026.9.0")).unwrap();
    let said = refused_start(folder.path());
    assert!(said.contains("catalog.toml:2: version: is 2026.10.0, but the folder is named 2026.9.0"), "{said}");

    let clash = archive.join(current_version());
    fs::rename(archive.join("2026.9.0"), &clash).unwrap();
    change(&clash.join("catalog.toml"), OLDER, &current_version());
    change(&clash.join("changelog.toml"), OLDER, &current_version());
    let said = refused_start(folder.path());
    assert!(
        said.contains(&format!("two catalogs with different words have the version {}", current_version())),
        "{said}"
    );
}

#[tokio::test]
async fn what_is_exported_is_the_catalog_of_the_binary_and_is_carried_once() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| program::run(folder.path(), arguments, "");
    let folder_of_current = format!("archive/{}", current_version());
    assert!(run(&["catalog", "export", &folder_of_current]).status.success());
    let (exported, built_in) = (run(&["catalog", "check", &folder_of_current]), run(&["catalog", "check"]));
    assert_eq!((exported.status.code(), exported.stdout), (Some(0), built_in.stdout));
    let again = run(&["catalog", "export", &folder_of_current]);
    assert_eq!(again.status.code(), Some(2), "nothing is written over");

    fs::write(folder.path().join("archive/README"), "not a catalog").unwrap();
    fs::create_dir(folder.path().join("archive/.snapshots")).unwrap();
    let service = TestService::start_with_archive(&folder.path().join("archive")).await;
    let (_, list) = json(service.get("/v1/catalog-versions")).await;
    let carried = list["catalog_versions"].as_array().unwrap().iter().filter(|version| version["carried"] == true);
    assert_eq!(carried.count(), 1);
}

//! TLS on both ports: who may connect, and what happens when certificates are renewed.

use std::fs;
use std::path::Path;

use rebound_server::config::Layer;
use rebound_tests::program::run;
use rebound_tests::proto::guidance_service_client::GuidanceServiceClient;
use rebound_tests::proto::{Context, GetGuidanceRequest, Kind};
use rebound_tests::service::{TestService, with_key};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Identity};

use super::authority::{Authority, Pair};

/// Writes what the service needs, and answers the settings that name it.
fn files(folder: &Path, pair: &Pair, client_ca: Option<&Authority>) -> Layer {
    let (cert, key, ca) = (folder.join("tls.crt"), folder.join("tls.key"), folder.join("ca.crt"));
    fs::write(&cert, &pair.cert).unwrap();
    fs::write(&key, &pair.key).unwrap();
    if let Some(authority) = client_ca {
        fs::write(&ca, authority.pem()).unwrap();
    }
    let tls_client_ca_file = client_ca.map(|_| ca);
    Layer { tls_cert_file: Some(cert), tls_key_file: Some(key), tls_client_ca_file, ..Layer::default() }
}

/// A channel to gRPC that trusts an authority.
async fn channel(
    service: &TestService,
    authority: &Authority,
    own: Option<&Pair>,
) -> Result<Channel, tonic::transport::Error> {
    let mut tls =
        ClientTlsConfig::new().ca_certificate(Certificate::from_pem(authority.pem())).domain_name("localhost");
    if let Some(pair) = own {
        tls = tls.identity(Identity::from_pem(&pair.cert, &pair.key));
    }
    let address = format!("https://{}", service.app.grpc_addr);
    Channel::from_shared(address).unwrap().tls_config(tls)?.connect().await
}

async fn advice(channel: Channel) -> Result<usize, tonic::Status> {
    let context = Context { kind: Kind::Idea.into(), ..Context::default() };
    let request = GetGuidanceRequest { context: Some(context), ..GetGuidanceRequest::default() };
    let answer = GuidanceServiceClient::new(channel).get_guidance(with_key(request)).await?;
    Ok(answer.into_inner().steps.len())
}

#[tokio::test]
async fn both_ports_speak_tls_and_nothing_else() {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let service = TestService::start_with_settings(files(folder.path(), &authority.signs("localhost"), None)).await;
    let answer = authority.get(service.app.http_addr, "/readyz", None).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\nok"), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age=31536000\r\n"), "{answer}");
    assert!(advice(channel(&service, &authority, None).await.unwrap()).await.unwrap() > 0);

    assert!(service.get_without_key("/readyz").send().await.is_err(), "without TLS there is no answer");
    let stranger = Authority::new();
    assert!(stranger.get(service.app.http_addr, "/readyz", None).await.is_err());
    assert!(channel(&service, &stranger, None).await.is_err());
}

#[tokio::test]
async fn only_clients_of_the_authority_connect_and_probes_have_a_port_of_their_own() {
    let (authority, clients, folder) = (Authority::new(), Authority::new(), tempfile::tempdir().unwrap());
    let layer = files(folder.path(), &authority.signs("localhost"), Some(&clients));
    let layer = Layer { operations_addr: "127.0.0.1:0".parse().ok(), ..layer };
    let service = TestService::start_with_settings(layer).await;
    let (own, foreign) = (clients.signs("ats"), authority.signs("ats"));

    let answer = authority.get(service.app.http_addr, "/readyz", Some(&own)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(advice(channel(&service, &authority, Some(&own)).await.unwrap()).await.unwrap() > 0);
    for refused in [None, Some(&foreign)] {
        assert!(authority.get(service.app.http_addr, "/readyz", refused).await.is_err());
        // Over TLS 1.3 a client learns of it with its first request.
        let Ok(channel) = channel(&service, &authority, refused).await else { continue };
        assert!(advice(channel).await.is_err());
    }

    let operations = format!("http://{}", service.app.operations_addr.unwrap());
    for (path, status) in [("/livez", 200), ("/readyz", 200), ("/metrics", 200), ("/v1/tips", 404), ("/docs/", 404)] {
        assert_eq!(reqwest::get(format!("{operations}{path}")).await.unwrap().status(), status, "{path}");
    }
}

#[tokio::test]
async fn a_renewed_certificate_is_used_from_then_on_and_a_broken_one_never() {
    let (before, after, folder) = (Authority::new(), Authority::new(), tempfile::tempdir().unwrap());
    let service = TestService::start_with_settings(files(folder.path(), &before.signs("localhost"), None)).await;
    let (tls, addr) = (service.app.tls.as_ref().unwrap(), service.app.http_addr);
    let open = channel(&service, &before, None).await.unwrap();
    assert!(!tls.reload().unwrap(), "nothing has changed");

    fs::write(folder.path().join("tls.key"), after.signs("localhost").key).unwrap();
    let error = tls.reload().unwrap_err().to_string();
    assert!(error.starts_with("tls_cert_file and tls_key_file cannot be used together"), "{error}");
    assert!(before.get(addr, "/readyz", None).await.is_ok(), "the old one stays in force");

    files(folder.path(), &after.signs("localhost"), None);
    assert!(tls.reload().unwrap());
    assert!(after.get(addr, "/readyz", None).await.is_ok());
    assert!(before.get(addr, "/readyz", None).await.is_err());
    assert!(advice(open).await.unwrap() > 0, "connections that are open go on");
}

#[test]
fn settings_of_tls_that_cannot_be_used_are_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("empty"), "").unwrap();
    let pair = Authority::new().signs("localhost");
    fs::write(folder.path().join("crt"), pair.cert).unwrap();
    fs::write(folder.path().join("key"), pair.key).unwrap();
    let cases = [
        (vec!["--tls-cert-file", "crt"], "tls_cert_file is set, and tls_key_file is not"),
        (vec!["--tls-client-ca-file", "crt"], "tls_client_ca_file is set, and tls_cert_file is not"),
        (vec!["--tls-cert-file", "crt", "--tls-key-file", "none"], "tls_key_file: cannot read none"),
        (
            vec!["--tls-cert-file", "empty", "--tls-key-file", "key"],
            "tls_cert_file: empty is not PEM with certificates",
        ),
        (vec!["--tls-cert-file", "crt", "--tls-key-file", "crt"], "tls_key_file: crt is not PEM with a private key"),
        (
            vec!["--cors-origins", "https://example.com/"],
            "cors_origins: \"https://example.com/\" is no origin; allowed:",
        ),
        (vec!["--cors-origins", "*"], "cors_origins: \"*\" is no origin; allowed:"),
    ];
    for (arguments, expected) in cases {
        let ended = run(folder.path(), &[&["config", "check"], &arguments[..]].concat(), "");
        let error = String::from_utf8(ended.stderr).unwrap();
        assert!(!ended.status.success() && error.contains(expected), "{arguments:?}: {error}");
    }
}

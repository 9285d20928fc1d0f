//! Files of the operator: catalogs, settings, keys, certificates. What is wrong with them is said, and where.

use std::fs;
use std::sync::LazyLock;

use rebound_domain::access::Secret;
use rebound_domain::catalog::{Catalog, File, embedded};
use rebound_domain::id::RejectionId;
use rebound_server::config::{DEFAULTS, Layer, Settings};
use rebound_server::tls::{Tls, TlsFiles};
use rebound_storage::MasterKey;
use tempfile::TempDir;

use crate::Doors;

static FILES: LazyLock<Vec<File>> = LazyLock::new(embedded);

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a temporary folder"));

/// Files of which one of each kind is among the seeds.
const KINDS: [&str; 12] = [
    "atoms.toml",
    "catalog.toml",
    "changelog.toml",
    "conditions.toml",
    "en/tips/",
    "en/replies/",
    "en/reply-frames/",
    "en/prompts/",
    "en/scenarios/",
    "en/checks/",
    "en/fragments/",
    "en/reasons/",
];

/// The first line is the path of a file of the catalog, the rest what it has instead.
pub(super) fn catalog(_: &Doors, input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let (path, content) = text.split_once('\n').unwrap_or((text, ""));
    let mut files = FILES.clone();
    match files.iter_mut().find(|(known, _)| known == path) {
        Some(file) => file.1 = content.to_owned().into(),
        None => files.push((path.to_owned().into(), content.to_owned().into())),
    }
    for problem in Catalog::load(&files).err().unwrap_or_default() {
        let shown = problem.to_string();
        assert!(!shown.is_empty() && shown.len() < 4096 + 2 * text.len(), "{shown}");
    }
}

pub(super) fn catalog_seeds(_: &Doors) -> Vec<Vec<u8>> {
    let of = |kind: &&str| FILES.iter().find(|(path, _)| path.starts_with(kind));
    let seeds = KINDS.iter().filter_map(of).map(|(path, text)| format!("{path}\n{text}").into_bytes());
    seeds.filter(|seed| seed.len() < 20_000).collect()
}

pub(super) fn settings(_: &Doors, input: &[u8]) {
    let Ok(Ok(layer)) = str::from_utf8(input).map(toml::from_str::<Layer>) else { return };
    // Files that it names are read; those that a stranger names are none of a fuzzer's business.
    let layer = Layer {
        database_url_file: None,
        bootstrap_key_file: None,
        master_key_file: None,
        previous_master_key_file: None,
        ..layer
    };
    match Settings::resolve(layer, None) {
        Ok(settings) => assert!(!settings.to_string().is_empty()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

pub(super) fn settings_seeds(_: &Doors) -> Vec<Vec<u8>> {
    // The defaults are comments; without the marks they are settings.
    let set: Vec<_> = DEFAULTS.lines().map(|line| line.strip_prefix("# ").unwrap_or(line)).collect();
    let set: Vec<_> = set.into_iter().filter(|line| line.contains(" = ")).collect();
    let own = "cors_origins = [\"https://app.example.com\"]\ntls_cert_file = \"a\"\ntls_key_file = \"b\"\n";
    [DEFAULTS.to_owned(), set.join("\n"), own.to_owned()].map(String::into_bytes).to_vec()
}

/// Master keys, bootstrap keys and ids: a text is what it says, or refused, and never repeated.
pub(super) fn keys(_: &Doors, input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    if let Err(error) = MasterKey::parse(&text) {
        assert!(text.len() < 8 || !error.to_string().contains(&*text), "a key in an error");
    }
    if let Ok(secret) = Secret::bootstrap(&text) {
        assert_eq!(secret.reveal(), text);
    }
    if let Ok(id) = text.parse::<RejectionId>() {
        assert_eq!(id.to_string(), text, "two texts of one id");
    }
}

pub(super) fn key_seeds(_: &Doors) -> Vec<Vec<u8>> {
    let keys = ["5a".repeat(32), "Ab".repeat(32), "x".repeat(32), "rej_01h455vb4pex5vsknk084sn02q".to_owned()];
    keys.map(String::into_bytes).to_vec()
}

/// The certificates, the key and the authorities, with a zero between them.
pub(super) fn tls(_: &Doors, input: &[u8]) {
    let mut parts = input.splitn(3, |byte| *byte == 0);
    let mut file = |name: &str| {
        let path = FOLDER.path().join(name);
        parts.next().map(|bytes| fs::write(&path, bytes).expect("a file")).map(|()| path)
    };
    let (Some(cert), Some(key), client_ca) = (file("cert"), file("key"), file("ca")) else { return };
    if let Err(error) = Tls::load(TlsFiles { cert, key, client_ca }) {
        let shown = error.to_string();
        assert!(shown.starts_with("tls_") && shown.len() < 4096, "{shown}");
    }
}

pub(super) fn tls_seeds(_: &Doors) -> Vec<Vec<u8>> {
    let pair = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let (cert, key) = (pair.cert.pem(), pair.signing_key.serialize_pem());
    vec![format!("{cert}\0{key}").into_bytes(), format!("{cert}{cert}\0{key}\0{cert}").into_bytes()]
}

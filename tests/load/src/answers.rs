//! What a server answers to every request, and whether that is what another one answers.

use std::net::SocketAddr;

use serde::Deserialize;

use crate::Result;
use crate::client::http1::Connection;

/// The bodies of all answers, in the order of the requests.
pub(crate) struct Answers(Vec<Vec<u8>>);

/// What must be the same.
#[derive(Deserialize, PartialEq)]
struct Fragment {
    html: String,
    text: String,
    steps: Vec<String>,
}

impl Answers {
    /// Asks a server.
    pub(crate) async fn of(server: SocketAddr, requests: &[Vec<u8>]) -> Result<Self> {
        let mut connection = Connection::open(server).await?;
        let mut bodies = Vec::with_capacity(requests.len());
        for (place, request) in requests.iter().enumerate() {
            let answer = connection.exchange(request).await?;
            if answer.status != 200 {
                let body = String::from_utf8_lossy(answer.body);
                return Err(format!("request {place} was answered with {}: {body}", answer.status).into());
            }
            bodies.push(answer.body.to_vec());
        }
        Ok(Self(bodies))
    }

    /// The answers.
    pub(crate) fn bodies(&self) -> &[Vec<u8>] {
        &self.0
    }

    /// How many bytes each has.
    pub(crate) fn sizes(&self) -> Vec<usize> {
        self.0.iter().map(Vec::len).collect()
    }

    /// Fails unless the same tips come with the same text and the same HTML.
    pub(crate) fn check_same(&self, other: &Self) -> Result<()> {
        for (place, (one, other)) in self.0.iter().zip(&other.0).enumerate() {
            let (one, other) = (Fragment::of(one)?, Fragment::of(other)?);
            if one != other {
                let shown = |fragment: &Fragment| format!("{:?}\n{}\n{}", fragment.steps, fragment.html, fragment.text);
                return Err(format!("request {place}\n{}\nis answered with\n{}", shown(&one), shown(&other)).into());
            }
        }
        Ok(())
    }
}

impl Fragment {
    fn of(json: &[u8]) -> Result<Self> {
        let fragment: Self = serde_json::from_slice(json)?;
        Ok(Self { html: one_way(&fragment.html), ..fragment })
    }
}

/// HTML with each character written in one way: template engines agree on which have to be escaped, but for `=` and the
/// backtick, and not on the name of the reference.
fn one_way(html: &str) -> String {
    let references = [("&#34;", "&quot;"), ("&#39;", "&apos;"), ("&#x27;", "&apos;"), ("&#x3D;", "="), ("&#x60;", "`")];
    references.iter().fold(html.to_owned(), |html, (one, other)| html.replace(one, other))
}

//! The people whose histories are written and read, and the requests for that.

use std::sync::Arc;

use crate::Result;
use crate::client::http1::{Connection, Tour, request};
use crate::service::Service;

/// How many people there are: more than callers, and all known to the service before anything is counted.
pub(super) const PEOPLE: usize = 2_000;

/// A rejection whose row has about 600 bytes.
const BODY: &str = concat!(
    r#"{"kind":"job_application","stage":"interview","rounds_completed":3,"rounds_total":4,"#,
    r#""conversation_with":["interviewer"],"notice":"personal_email","reasons":["stronger_candidate","skill_gap"],"#,
    r#""still_interested":true,"occurred_at":"2026-01-02T03:04:05Z","role":"Senior analyst for supply and demand","#,
    r#""organization":"Example and Daughters Limited, Department of Long Names and Longer Corridors, Third Floor"}"#
);

/// People of a service, by number.
pub(super) struct People<'a>(pub(super) &'a Service);

impl People<'_> {
    /// Records rejections of as many people, by so many callers.
    pub(super) fn writes(&self, people: usize, connections: usize) -> Tour {
        self.tour((0..people).map(|person| self.write(person)).collect(), connections, 201)
    }

    /// Reads the newest page of people.
    pub(super) fn pages(&self, people: std::ops::Range<usize>, rows: usize, connections: usize) -> Tour {
        let page = |person| {
            request(&format!("GET /v1/users/user-{person}/rejections?page_size={rows} HTTP/1.1"), &self.0.key, "")
        };
        self.tour(people.map(page).collect(), connections, 200)
    }

    /// Records this many rejections of each.
    pub(super) async fn record(&self, people: std::ops::Range<usize>, rejections: usize) -> Result<()> {
        let mut connections = tokio::task::JoinSet::new();
        let lanes = people.len().min(16);
        for lane in 0..lanes {
            let mine: Vec<Vec<u8>> =
                people.clone().skip(lane).step_by(lanes).map(|person| self.write(person)).collect();
            let server = self.0.http;
            connections.spawn(async move {
                let mut connection = Connection::open(server).await?;
                for _ in 0..rejections {
                    for request in &mine {
                        let status = connection.exchange(request).await?.status;
                        if status != 201 {
                            return Err(format!("a rejection was answered with {status}").into());
                        }
                    }
                }
                Result::Ok(())
            });
        }
        while let Some(ended) = connections.join_next().await {
            ended??;
        }
        Ok(())
    }

    fn write(&self, person: usize) -> Vec<u8> {
        let head = format!("POST /v1/users/user-{person}/rejections HTTP/1.1\r\ncontent-type: application/json");
        request(&head, &self.0.key, BODY)
    }

    fn tour(&self, requests: Vec<Vec<u8>>, connections: usize, status: u16) -> Tour {
        let (requests, sizes) = (Arc::new(requests), Arc::default());
        Tour { server: self.0.http, requests, connections, status, sizes, number_from_end: None }
    }
}

//! Somebody who writes without pause over HTTP, each time with an idempotency key, and remembers what they were told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rebound_tests::service::KEY;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How many write at once.
const WRITERS: usize = 16;

/// How many people they write about. Fewer than writers, so that some meet at one person.
const PEOPLE: usize = 10;

/// Something that was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    /// Below the person.
    pub(crate) path: String,
    pub(crate) key: String,
    pub(crate) body: Value,
}

/// Longer than any fault here lasts.
const REACHED_WITHIN: Duration = Duration::from_mins(1);

/// One who writes.
pub(crate) struct Writer {
    pub(crate) user: String,
    /// What was acknowledged, with the answers.
    pub(crate) done: Vec<(Ask, Value)>,
    /// What was asked for and not answered, or refused for the moment.
    pub(crate) open: Option<Ask>,
    /// How often the answer was "not now".
    pub(crate) refused: usize,
    /// The longest time that an answer took.
    pub(crate) longest: Duration,
    name: usize,
    client: Client,
}

/// All of them.
pub(crate) fn everybody() -> Vec<Writer> {
    let writer = |name| Writer {
        user: format!("person-{}", name % PEOPLE),
        done: Vec::new(),
        open: None,
        refused: 0,
        longest: Duration::ZERO,
        name,
        client: Client::new(),
    };
    (0..WRITERS).map(writer).collect()
}

/// How many writes were acknowledged in all.
pub(crate) fn acknowledged(writers: &[Writer]) -> usize {
    writers.iter().map(|writer| writer.done.len()).sum()
}

/// How often somebody was told "not now" in all.
pub(crate) fn refused(writers: &[Writer]) -> usize {
    writers.iter().map(|writer| writer.refused).sum()
}

impl Writer {
    /// What comes next: a rejection, messages about it, an action item.
    pub(crate) fn next(&self) -> Ask {
        const WHEN: &str = "2025-12-02T03:04:05Z";
        let (path, body) = match self.done.len() % 4 {
            0 => {
                let role = format!("role {} of {}", self.done.len(), self.name);
                let body = json!({"kind": "job_application", "occurred_at": WHEN, "role": role, "causes": ["nerves"]});
                ("/rejections".to_owned(), body)
            }
            2 => ("/action-items".to_owned(), json!({"title": format!("item {} of {}", self.done.len(), self.name)})),
            step => {
                let of = self.done.iter().rev().find(|(ask, _)| ask.path == "/rejections").unwrap();
                let purpose = if step == 1 { "thank_you" } else { "feedback_request" };
                let body = json!({"purpose": purpose, "channel": "email", "sent_at": WHEN});
                (format!("/rejections/{}/contacts", of.1["id"].as_str().unwrap()), body)
            }
        };
        Ask { path, key: format!("{}-{}", self.name, self.done.len()), body }
    }

    /// Asks once. Answers nothing if no whole answer came.
    pub(crate) async fn ask(&mut self, http: &str, ask: &Ask) -> Option<(u16, Value)> {
        let url = format!("{http}/v1/users/{}{}", self.user, ask.path);
        let request = self.client.post(url).bearer_auth(KEY).header("idempotency-key", &ask.key).json(&ask.body);
        let began = Instant::now();
        let answer = request.send().await.ok()?;
        let (status, retry_after) = (answer.status().as_u16(), answer.headers().contains_key("retry-after"));
        let body: Value = answer.json().await.ok()?;
        self.longest = self.longest.max(began.elapsed());
        let fits = if status == 503 { retry_after && body["code"] == "unavailable" } else { status == 201 };
        assert!(fits, "{status} with retry-after {retry_after} to {ask:?}: {body}");
        Some((status, body))
    }

    /// Writes until told to stop, or until an answer does not come. What was refused for the moment is asked again
    /// with the same key.
    async fn write(&mut self, http: &str, told: &watch::Sender<Told>, stop: &AtomicBool) {
        while self.open.is_some() || !stop.load(Ordering::Relaxed) {
            let ask = self.open.take().unwrap_or_else(|| self.next());
            match self.ask(http, &ask).await {
                Some((201, answer)) => {
                    self.done.push((ask, answer));
                    told.send_modify(|told| told.done += 1);
                }
                Some(_) => {
                    self.refused += 1;
                    told.send_modify(|told| told.refused += 1);
                    self.open = Some(ask);
                }
                None => {
                    self.open = Some(ask);
                    return;
                }
            }
        }
    }

    /// Repeats what was not answered, and the last thing that was, whose answer must be the same.
    pub(crate) async fn settle(&mut self, http: &str) {
        if let Some((ask, answer)) = self.done.last().cloned() {
            assert_eq!(self.ask(http, &ask).await, Some((201, answer)), "{ask:?}");
        }
        if let Some(ask) = self.open.take() {
            let (status, answer) = self.ask(http, &ask).await.expect("an answer");
            assert_eq!(status, 201, "{ask:?}: {answer}");
            self.done.push((ask, answer));
        }
    }
}

/// How often everybody together was told something.
#[derive(Debug, Default, Clone, Copy)]
struct Told {
    done: usize,
    refused: usize,
}

/// Writers at work.
pub(crate) struct Load {
    writers: JoinSet<Writer>,
    told: watch::Receiver<Told>,
    stop: Arc<AtomicBool>,
}

impl Load {
    /// Sends everybody to work.
    pub(crate) fn start(writers: Vec<Writer>, http: &str) -> Self {
        let (sender, told) = watch::channel(Told::default());
        let (sender, stop) = (Arc::new(sender), Arc::<AtomicBool>::default());
        let mut working = JoinSet::new();
        for mut writer in writers {
            let (http, told, stop) = (http.to_owned(), Arc::clone(&sender), Arc::clone(&stop));
            working.spawn(async move {
                writer.write(&http, &told, &stop).await;
                writer
            });
        }
        Self { writers: working, told, stop }
    }

    /// Waits until so many more writes were acknowledged.
    pub(crate) async fn more(&mut self, writes: usize) {
        let target = self.told.borrow().done + writes;
        self.until(|told| told.done >= target).await;
    }

    /// Waits until each writer was refused so often, on average.
    pub(crate) async fn refusals(&mut self, each: usize) {
        let target = self.told.borrow().refused + each * WRITERS;
        self.until(|told| told.refused >= target).await;
    }

    /// Waits until each writer was told something so often, on average.
    pub(crate) async fn answers(&mut self, each: usize) {
        let told = *self.told.borrow();
        let target = told.done + told.refused + each * WRITERS;
        self.until(|told| told.done + told.refused >= target).await;
    }

    async fn until(&mut self, is_reached: impl FnMut(&Told) -> bool) {
        let reached = timeout(REACHED_WITHIN, self.told.wait_for(is_reached));
        tokio::select! {
            seen = reached => drop(seen.expect("an end of the fault").expect("writers at work")),
            ended = self.writers.join_next() => panic!("ended early: {:?}", ended.map(|it| it.map(|it| it.open))),
        }
    }

    /// Waits until everybody has come to an end: told to stop, or left without an answer.
    pub(crate) async fn end(self) -> Vec<Writer> {
        self.stop.store(true, Ordering::Relaxed);
        let mut writers = self.writers.join_all().await;
        writers.sort_by_key(|writer| writer.name);
        writers
    }
}

//! The people of the sandbox, as its files tell of them: who they are, and what happened, step by step.

use rebound_domain::context::Fields;
use rebound_domain::feedback::{PlanGroup, Theme};
use rebound_domain::history::{
    ActionStatus, Channel, ConclusionResult, FeedbackStatus, Phase, Purpose, ReflectionAnswer,
};
use serde::Deserialize;

use super::keys::Role;

/// The files, in the order in which they are planted.
const FILES: [&str; 4] = [
    include_str!("../../sandbox/documented.toml"),
    include_str!("../../sandbox/applications.toml"),
    include_str!("../../sandbox/again.toml"),
    include_str!("../../sandbox/work.toml"),
];

/// Everybody.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct People {
    pub(super) people: Vec<Person>,
}

/// Somebody who does not exist.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    /// The tenant's id of the person.
    pub(super) id: String,
    /// A name, for whoever reads the list.
    pub(super) name: String,
    /// What it is an example of.
    pub(super) story: String,
    /// What happened, earliest first.
    pub(super) steps: Vec<Step>,
}

/// Something that happened.
#[derive(Debug, Deserialize)]
pub(super) struct Step {
    /// How many days ago; absent: with the step before.
    pub(super) days_ago: Option<i64>,
    /// The id of what is made, if the documentation names it. It then happened at the moment that is in the id.
    pub(super) id: Option<String>,
    /// What it was.
    #[serde(flatten)]
    pub(super) deed: Deed,
}

/// What somebody does in the sandbox. All but the first is about the rejection that was recorded last.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Deed {
    /// A rejection is recorded.
    Record(Recorded),
    /// The employer's side adds to the record.
    Amend(Fields),
    /// The person is elsewhere now.
    Advance(Phase),
    /// The person writes to those who decided.
    Contact { purpose: Purpose, channel: Channel },
    /// Feedback is asked for, comes, or does not.
    Feedback(Said),
    /// The person looks back.
    Reflect(Vec<ReflectionAnswer>),
    /// It ends. `linked` is the earlier rejection, counted from 0.
    Outcome { result: ConclusionResult, linked: Option<usize> },
    /// The person sets out to do something.
    ActionItem(Planned),
    /// The person leaves.
    Erase {},
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recorded {
    #[serde(default)]
    pub(super) by: Role,
    pub(super) organization: Option<String>,
    pub(super) role: Option<String>,
    pub(super) external_ref: Option<String>,
    pub(super) context: Fields,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    pub(super) status: FeedbackStatus,
    pub(super) text: Option<String>,
    pub(super) themes: Option<Vec<Theme>>,
    pub(super) positives: Option<Vec<Theme>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Planned {
    pub(super) title: String,
    pub(super) note: Option<String>,
    pub(super) group: Option<PlanGroup>,
    pub(super) theme: Option<Theme>,
    pub(super) due_in_days: Option<i64>,
    pub(super) status: Option<ActionStatus>,
}

impl People {
    /// Everybody in the files.
    pub(super) fn read() -> Result<Self, toml::de::Error> {
        let mut all = Self::default();
        for file in FILES {
            all.people.extend(toml::from_str::<Self>(file)?.people);
        }
        Ok(all)
    }
}

//! Rows of a person's history, and how they become domain values: opened with the person's keys.

use rebound_domain::Result;
use rebound_domain::history::{ActionItem, Diary, Entry, Record, Rejection, Space, Versions};
use uuid::Uuid;

use crate::moment::Moment;
use crate::row::Inconsistency;
use crate::vault::PersonKeys;

row! {
    /// A row of `rejections`; `key_id` is that of the person, absent if nobody may read.
    RejectionRow {
        person_key_id: Option<Uuid>,
        id: Uuid,
        space: i16,
        occurred_at: Moment,
        record: Vec<u8>,
        record_version: i64,
        diary: Option<Vec<u8>>,
        diary_version: i64,
        created_at: Moment,
        updated_at: Moment,
    }
}

row! {
    /// A row of `entries` or `action_items`, or the column `shown` of a person.
    DocumentRow {
        person_key_id: Option<Uuid>,
        id: Uuid,
        body: Vec<u8>,
    }
}

row! {
    /// A row of `idempotency`.
    AnswerRow {
        person_key_id: Option<Uuid>,
        key_digest: Uuid,
        user_ref: Vec<u8>,
        request_digest: Uuid,
        answer: Vec<u8>,
    }
}

/// A row that is read with the keys that its person has now.
pub(super) trait Owned {
    /// What it becomes.
    type Value;

    /// Which keys the person has; `None`: nobody may read it.
    fn key_id(&self) -> Option<Uuid>;

    /// The value, opened.
    fn open(self, keys: &PersonKeys) -> Result<Self::Value>;
}

impl Owned for RejectionRow {
    type Value = Rejection;

    fn key_id(&self) -> Option<Uuid> {
        self.person_key_id
    }

    fn open(self, keys: &PersonKeys) -> Result<Rejection> {
        let space = match self.space {
            0 => Space::Employer,
            1 => Space::Person,
            other => {
                let source = format!("{other} is no space").into();
                return Err(Inconsistency { table: "rejections", column: "space", id: self.id, source }.into());
            }
        };
        let place = keys.place("rejections.record", self.id);
        let mut record: Record = keys.for_record(space).open_document(place, self.record)?;
        record.occurred_at = self.occurred_at.into();
        let diary: Diary = match self.diary {
            Some(blob) => keys.for_diary().open_document(keys.place("rejections.diary", self.id), blob)?,
            None => Diary::default(),
        };
        Ok(Rejection {
            id: self.id.into(),
            space,
            record,
            diary,
            versions: Versions { record: self.record_version, diary: self.diary_version },
            created_at: self.created_at.into(),
            updated_at: self.updated_at.into(),
        })
    }
}

impl Owned for AnswerRow {
    type Value = Vec<u8>;

    fn key_id(&self) -> Option<Uuid> {
        self.person_key_id
    }

    fn open(self, keys: &PersonKeys) -> Result<Vec<u8>> {
        let place = keys.place("idempotency.answer", self.key_digest);
        keys.for_diary().open(place, self.answer).map(|answer| answer.to_vec()).map_err(|broken| place.fault(broken))
    }
}

/// A sealed document that is a row of its own.
pub(super) trait Document: serde::de::DeserializeOwned {
    /// Table and column.
    const COLUMN: &'static str;
}

impl Document for Entry {
    const COLUMN: &'static str = "entries.body";
}

impl Document for ActionItem {
    const COLUMN: &'static str = "action_items.body";
}

impl Document for rebound_domain::history::Shown {
    const COLUMN: &'static str = "people.shown";
}

/// A [`DocumentRow`] of which it is known what it holds.
pub(super) struct DocumentOf<T>(pub(super) DocumentRow, std::marker::PhantomData<T>);

impl<T> From<DocumentRow> for DocumentOf<T> {
    fn from(row: DocumentRow) -> Self {
        Self(row, std::marker::PhantomData)
    }
}

impl<T: Document> Owned for DocumentOf<T> {
    type Value = T;

    fn key_id(&self) -> Option<Uuid> {
        self.0.person_key_id
    }

    fn open(self, keys: &PersonKeys) -> Result<T> {
        keys.for_diary().open_document(keys.place(T::COLUMN, self.0.id), self.0.body)
    }
}

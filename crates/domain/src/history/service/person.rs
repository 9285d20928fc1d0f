//! What concerns a person as a whole: timeline, export, erasure, and keys for an app that acts for this one person.

use jiff::{SignedDuration, Timestamp};

use super::change::{decode, encode};
use super::{Actor, DIARY_READ_SCOPES, DIARY_WRITE_SCOPES, ERASE_SCOPES, History, RequestKey};
use crate::access::{ApiKey, Caller, Scope, Scopes, Secret, UserBinding};
use crate::error::{Error, ErrorKind, Result};
use crate::governance::ErasureReceipt;
use crate::history::commands::Checked;
use crate::history::{ActionItem, Change, Committed, Entry, Erased, Rejection, RejectionFilter, Sight};
use crate::id::{ActionItemId, ApiKeyId, EntryId, ErasureReceiptId, RejectionId};

/// The longest life of a token, in seconds.
const MAX_TTL_SECONDS: i64 = 3_600;

/// What a token may do.
const TOKEN_SCOPES: [Scope; 3] = [Scope::Guidance, Scope::DiaryRead, Scope::DiaryWrite];

/// How many things one page of an export has: few, since each may be long.
const EXPORT_PAGE: u32 = 50;

/// A key for one user to be made.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct NewToken {
    /// What it may do. Required.
    pub scopes: Scopes,
    /// For how many seconds. Required.
    pub ttl_seconds: Option<i64>,
}

/// A key for one user, with its text.
#[derive(Debug, Clone)]
pub struct Token {
    /// Its id, safe to log.
    pub id: ApiKeyId,
    /// What it may do.
    pub scopes: Scopes,
    /// Its text, shown this once, and again to who repeats the request with its idempotency key.
    pub secret: Secret,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// One page of an export.
#[derive(Debug)]
pub enum ExportPage {
    /// Rejections with everything that belongs to them, newest first.
    Rejections(Vec<Rejection>),
    /// Action items.
    ActionItems(Vec<ActionItem>),
    /// Lines of the timeline, newest first.
    Entries(Vec<Entry>),
}

/// Where an export is.
#[derive(Debug, Clone, Copy)]
enum Cursor {
    Rejections(Option<(Timestamp, RejectionId)>),
    ActionItems(Option<ActionItemId>),
    Entries(Option<(Timestamp, EntryId)>),
    End,
}

/// An export that is under way. Ask for pages until there is none.
#[derive(Debug)]
pub struct Export {
    actor: Actor,
    cursor: Cursor,
}

impl History {
    /// Up to `limit` lines of the timeline, newest first, those before `after`.
    pub async fn timeline(
        &self,
        caller: Caller,
        user_id: &str,
        after: Option<(Timestamp, EntryId)>,
        limit: u32,
    ) -> Result<Vec<Entry>> {
        let actor = Actor::new(caller, user_id, DIARY_READ_SCOPES)?;
        let entries = self.store.entries(&actor.owner, after, limit).await?;
        self.note_read(&actor, "getTimeline", None);
        Ok(entries)
    }

    /// Begins an export of everything that is kept of a person.
    pub fn export(&self, caller: Caller, user_id: &str) -> Result<Export> {
        let actor = Actor::new(caller, user_id, DIARY_READ_SCOPES)?;
        self.note_read(&actor, "exportUser", None);
        Ok(Export { actor, cursor: Cursor::Rejections(None) })
    }

    /// The next page of an export; `None` at its end. A page may be empty.
    pub async fn export_page(&self, export: &mut Export) -> Result<Option<ExportPage>> {
        let owner = &export.actor.owner;
        let is_last = |count: usize| count < EXPORT_PAGE as usize;
        let (page, next) = match export.cursor {
            Cursor::Rejections(after) => {
                let all = RejectionFilter::default();
                let found = self.store.rejections(owner, Sight::Person, &all, after, EXPORT_PAGE).await?;
                let last = found.last().map(|last| (last.record.occurred_at, last.id));
                let next = if is_last(found.len()) { Cursor::ActionItems(None) } else { Cursor::Rejections(last) };
                (ExportPage::Rejections(found), next)
            }
            Cursor::ActionItems(after) => {
                let found = self.store.action_items(owner, after, EXPORT_PAGE).await?;
                let last = found.last().map(|last| last.id);
                let next = if is_last(found.len()) { Cursor::Entries(None) } else { Cursor::ActionItems(last) };
                (ExportPage::ActionItems(found), next)
            }
            Cursor::Entries(after) => {
                let found = self.store.entries(owner, after, EXPORT_PAGE).await?;
                let last = found.last().map(|last| (last.at, last.id));
                let next = if is_last(found.len()) { Cursor::End } else { Cursor::Entries(last) };
                (ExportPage::Entries(found), next)
            }
            Cursor::End => return Ok(None),
        };
        export.cursor = next;
        Ok(Some(page))
    }

    /// Erases a person. Under a legal hold, what the employer's side recorded stays, closed to everybody.
    pub async fn erase(&self, caller: Caller, user_id: &str) -> Result<ErasureReceipt> {
        let actor = Actor::new(caller, user_id, ERASE_SCOPES)?;
        let now = self.now();
        let hold = self.governance.present_settings(caller.tenant).await?.is_held(now);
        let receipt = ErasureReceipt {
            id: ErasureReceiptId::generate(now, &*self.entropy),
            tenant: caller.tenant,
            erased_at: now,
            erased: Erased::default(),
            seal: String::new(),
        };
        // The audit log keeps that somebody was erased, not who.
        let audit = self.governance.event(&caller, "eraseUser", None, Some(receipt.id.to_string()));
        self.store.erase(&actor.owner, receipt, hold, audit).await
    }

    /// Makes a short-lived key that is bound to one user, so that an app may call directly.
    ///
    /// # Errors
    /// `Invalid`; `PermissionDenied` for a scope that the caller lacks, or if the caller's own key is bound to a user;
    /// `IdempotencyKeyReused`.
    pub async fn create_token(
        &self,
        caller: Caller,
        user_id: &str,
        command: &NewToken,
        request_key: Option<&RequestKey>,
    ) -> Result<Token> {
        const OPERATION: &str = "createUserToken";
        let actor = Actor::new(caller, user_id, DIARY_WRITE_SCOPES)?;
        if caller.bound_to.is_some() {
            let detail = "A key that is bound to one user cannot make further keys.";
            return Err(Error::new(ErrorKind::PermissionDenied, detail));
        }
        let now = self.now();
        let mut checked = Checked::at(now);
        if command.scopes.is_empty() || command.scopes.iter().any(|scope| !TOKEN_SCOPES.contains(&scope)) {
            checked.refuse("/scopes", "required; allowed: a list of guidance, diary:read, diary:write");
        }
        let allowed = format!("allowed: 1 to {MAX_TTL_SECONDS} seconds");
        let ttl = checked.required("/ttl_seconds", command.ttl_seconds, 1, &allowed);
        if !(1..=MAX_TTL_SECONDS).contains(&ttl) {
            checked.refuse("/ttl_seconds", allowed);
        }
        checked.finish()?;
        if let Some(scope) = command.scopes.iter().find(|scope| !caller.scopes.contains(*scope)) {
            let detail = format!("Your key lacks the scope `{scope}`, so it cannot pass it on.");
            return Err(Error::new(ErrorKind::PermissionDenied, detail));
        }
        let asked = (command.scopes.to_string(), ttl);
        let idempotency = self.idempotency(&actor, OPERATION, "", &asked, request_key)?;
        let id = ApiKeyId::generate(now, &*self.entropy);
        let expires_at = now + SignedDuration::from_secs(ttl);
        let token = Token { id, scopes: command.scopes, secret: Secret::generate(&*self.entropy), expires_at };
        let answer = idempotency.map(|key| Ok::<_, Error>((key, encode(&(token.kept(), true))?)));
        let key = ApiKey {
            id,
            tenant: caller.tenant,
            name: "token for one user".to_owned(),
            scopes: token.scopes,
            digest: token.secret.digest(),
            created_at: now,
            expires_at: Some(expires_at),
            revoked_at: None,
            bound_to: Some(UserBinding::of(id, &actor.owner.user)),
        };
        let audit = self.audit(&actor, OPERATION, Some(id.to_string()));
        let change = Change { token: Some(key), idempotency: answer.transpose()?, ..Change::of(audit) };
        match self.store.commit(&actor.owner, change).await? {
            Committed::Done => Ok(token),
            Committed::Replayed(bytes) => Token::of(decode(&bytes)?.value),
            Committed::Stale | Committed::ExternalRefTaken => Err(Error::internal("a new token cannot be stale")),
        }
    }
}

/// A token as it is kept for repetitions, sealed with the person's key.
type KeptToken = (ApiKeyId, String, String, Timestamp);

impl Token {
    fn kept(&self) -> KeptToken {
        (self.id, self.scopes.to_string(), self.secret.reveal().to_owned(), self.expires_at)
    }

    fn of((id, scopes, secret, expires_at): KeptToken) -> Result<Self> {
        let scopes = scopes.parse().map_err(Error::internal)?;
        let secret = Secret::bootstrap(&secret).map_err(Error::internal)?;
        Ok(Self { id, scopes, secret, expires_at })
    }
}

//! Versions: published from the draft, published again, and listed.

use serde::Serialize;

use super::{Overlays, PublishOverlays, PublishedOverlays, RollbackOverlays, content, in_overlay, pairs};
use crate::access::{Caller, Repeatable, RequestSeal};
use crate::error::{Error, ErrorKind, FieldError, Result};
use crate::governance::AuditEvent;
use crate::id::TenantId;
use crate::overlays::content::Content;
use crate::overlays::store::{KEPT_VERSIONS, NewOverlayVersion, OverlayVersion, Published};

/// The longest note, in characters.
const NOTE_LENGTH: usize = 500;

impl Overlays {
    /// Makes a version of the draft, which answers from now on.
    ///
    /// # Errors
    /// `PermissionDenied` without the scope `admin`; `Invalid` with everything that is wrong with the draft, at its place
    /// there; `Conflict` if it is what is published already; `IdempotencyKeyReused`.
    pub async fn publish(
        &self,
        caller: &Caller,
        command: &PublishOverlays,
        seal: Option<&RequestSeal>,
    ) -> Result<PublishedOverlays> {
        const OPERATION: &str = "publishOverlays";
        Self::require(caller)?;
        let request = Repeatable::new(caller, OPERATION, "", command, seal)?;
        if let Some(done) = self.replayed(request).await? {
            return Ok(done);
        }
        let note = checked_note(command.note.as_deref());
        let note = note.map_err(|error| Error::invalid(vec![error]))?;
        loop {
            let drafted = content(&self.store.draft(caller.tenant).await?);
            let newest = self.newest(caller.tenant).await?;
            if self.content_of(caller.tenant, newest).await? == drafted {
                return Err(Error::new(ErrorKind::Conflict, "The draft is what is published already."));
            }
            let assembled = self.assembled(&drafted, newest + 1).await?;
            if !assembled.left_out.is_empty() {
                return Err(Error::invalid(in_overlay(&assembled.left_out)));
            }
            let mut made = self.made(caller, newest + 1, note.clone(), None, &drafted);
            made.warnings = pairs(&assembled.warnings);
            if let Some(done) = self.once(caller, OPERATION, request, made, drafted).await? {
                return Ok(done);
            }
        }
    }

    /// Makes a version with the content of an older one, which answers from now on. What of it does not fit the present
    /// catalog is left out. The draft stays as it is.
    ///
    /// # Errors
    /// `PermissionDenied` without the scope `admin`; `Invalid` if there is no such version; `Conflict` if it is the one
    /// that answers; `IdempotencyKeyReused`.
    pub async fn rollback(
        &self,
        caller: &Caller,
        command: &RollbackOverlays,
        seal: Option<&RequestSeal>,
    ) -> Result<PublishedOverlays> {
        const OPERATION: &str = "rollbackOverlays";
        Self::require(caller)?;
        let request = Repeatable::new(caller, OPERATION, "", command, seal)?;
        if let Some(done) = self.replayed(request).await? {
            return Ok(done);
        }
        loop {
            let newest = self.newest(caller.tenant).await?;
            let (version, note) = command.checked(newest)?;
            if version == newest {
                return Err(Error::new(ErrorKind::Conflict, "This version is what is published already."));
            }
            let restored = self.content_of(caller.tenant, version).await?;
            let assembled = self.assembled(&restored, newest + 1).await?;
            let mut made = self.made(caller, newest + 1, note, Some(version), &restored);
            made.left_out = pairs(&assembled.left_out);
            made.warnings = pairs(&assembled.warnings);
            if let Some(done) = self.once(caller, OPERATION, request, made, restored).await? {
                return Ok(done);
            }
        }
    }

    /// Up to `limit` versions, newest first, those before `before`.
    ///
    /// # Errors
    /// `PermissionDenied` without the scope `admin`.
    pub async fn versions(&self, caller: &Caller, before: Option<i64>, limit: u32) -> Result<Vec<PublishedOverlays>> {
        Self::require(caller)?;
        let versions = self.store.versions(caller.tenant, before, limit).await?;
        let is_first_page = before.is_none();
        let ready = if is_first_page { Some(self.catalogs.present(caller.tenant).await?) } else { None };
        let left_out = ready.as_ref().map_or(&[][..], |ready| &ready.left_out);
        let shown = |(index, version): (usize, OverlayVersion)| {
            let is_current = is_first_page && index == 0;
            let left_out = left_out.iter().filter(|_| is_current);
            let left_out = left_out.map(|error| (error.pointer.clone(), error.detail.clone())).collect();
            PublishedOverlays { version, is_current, left_out, warnings: Vec::new() }
        };
        Ok(versions.into_iter().enumerate().map(shown).collect())
    }

    /// The content of the version that answers.
    pub(super) async fn published(&self, tenant: TenantId) -> Result<Content> {
        let newest = self.newest(tenant).await?;
        self.content_of(tenant, newest).await
    }

    async fn newest(&self, tenant: TenantId) -> Result<i64> {
        Ok(self.store.newest(tenant).await?.map_or(0, |(version, _)| version))
    }

    /// The content of a version that exists; of 0 it is empty.
    async fn content_of(&self, tenant: TenantId, version: i64) -> Result<Content> {
        if version == 0 {
            return Ok(Content::default());
        }
        let gone = || Error::internal("a published overlay has no content");
        self.store.content(tenant, version).await?.ok_or_else(gone)
    }

    pub(super) fn now(&self) -> jiff::Timestamp {
        // Databases keep microseconds: what is answered is what is kept.
        let now = self.clock.now();
        jiff::Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }

    fn made(
        &self,
        caller: &Caller,
        version: i64,
        note: Option<String>,
        restored_from: Option<i64>,
        content: &Content,
    ) -> PublishedOverlays {
        let version = OverlayVersion {
            version,
            note,
            created_at: self.now(),
            key: caller.key,
            catalog_version: self.catalogs.plain().current().version().to_owned(),
            restored_from,
            items: i64::try_from(content.len()).unwrap_or(i64::MAX),
        };
        PublishedOverlays { version, is_current: true, left_out: Vec::new(), warnings: Vec::new() }
    }

    async fn replayed(&self, request: Option<Repeatable<'_>>) -> Result<Option<PublishedOverlays>> {
        match request {
            Some(request) => request.replayed(&*self.access, self.clock.now()).await,
            None => Ok(None),
        }
    }

    /// Publishes, or answers what was answered when the request came before; `None` if somebody else was faster.
    async fn once(
        &self,
        caller: &Caller,
        operation: &str,
        request: Option<Repeatable<'_>>,
        made: PublishedOverlays,
        content: Content,
    ) -> Result<Option<PublishedOverlays>> {
        let tenant = caller.tenant;
        let audit = self.event(caller, operation, made.version.version);
        let version = NewOverlayVersion { tenant, version: made.version.clone(), content };
        let kept = request.map(|request| request.kept(&made, self.clock.now(), &*self.entropy)).transpose()?;
        let published = self.store.publish(&version, kept.as_ref(), audit).await?;
        self.catalogs.forget(tenant);
        match (published, request) {
            (Published::Done, _) => Ok(Some(made)),
            (Published::Kept(kept), Some(request)) => request.restored(&kept).map(Some),
            (Published::Kept(_), None) => Err(Error::internal("an answer to no request was kept")),
            (Published::Taken, _) => Ok(None),
        }
    }

    fn event(&self, caller: &Caller, operation: &str, version: i64) -> AuditEvent {
        self.governance.event(caller, operation, None, Some(version.to_string()))
    }
}

impl RollbackOverlays {
    /// The version and the note.
    fn checked(&self, newest: i64) -> Result<(i64, Option<String>)> {
        let mut errors = Vec::new();
        let oldest = (newest - KEPT_VERSIONS + 1).max(1);
        let version = self.version.filter(|version| *version == 0 || (oldest..=newest).contains(version));
        if version.is_none() {
            let detail = if oldest > 1 {
                format!("required; allowed: 0, and {oldest} to {newest}, which are kept")
            } else {
                format!("required; allowed: 0 to {newest}")
            };
            errors.push(FieldError::new("/version", detail));
        }
        let note = checked_note(self.note.as_deref()).unwrap_or_else(|error| {
            errors.push(error);
            None
        });
        if errors.is_empty() { Ok((version.unwrap_or_default(), note)) } else { Err(Error::invalid(errors)) }
    }
}

fn checked_note(note: Option<&str>) -> std::result::Result<Option<String>, FieldError> {
    match note {
        Some(note) if note.chars().count() > NOTE_LENGTH || note.contains('\0') => {
            Err(FieldError::new("/note", format!("allowed: at most {NOTE_LENGTH} characters, none of them NUL")))
        }
        note => Ok(note.filter(|note| !note.is_empty()).map(str::to_owned)),
    }
}

impl crate::access::Answer for PublishedOverlays {
    fn keep(&self) -> Result<Vec<u8>> {
        keep(self)
    }

    fn restore(bytes: &[u8]) -> Result<Self> {
        serde_json::from_slice(bytes).map_err(Error::internal)
    }
}

fn keep(answer: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(answer).map_err(Error::internal)
}

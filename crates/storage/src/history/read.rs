//! Reads of a history. Each statement also says which keys the person has, so that one that was erased, or erased and
//! came back, is never read with keys from the cache.

use jiff::Timestamp;
use rebound_domain::Result;
use rebound_domain::history::{ActionItem, Entry, Owner, Rejection, RejectionFilter, Shown, Sight, Space};
use rebound_domain::id::{ActionItemId, EntryId, RejectionId};
use sqlx::query_as;
use uuid::Uuid;

use super::people;
use super::rows::{DocumentOf, DocumentRow, RejectionRow};
use crate::database::Database;
use crate::moment::Moment;
use crate::time::{FIRST, LAST};
use crate::vault::Vault;

macro_rules! columns_of_rejections {
    ($diary:literal, $where:literal) => {
        concat!(
            "SELECT (SELECT key_id FROM people WHERE tenant_id = $1 AND user_ref = $2 AND restricted_at IS NULL)
                AS person_key_id,
                id, space, occurred_at, record, record_version, ",
            $diary,
            " AS diary, diary_version, created_at, updated_at
             FROM rejections WHERE tenant_id = $1 AND user_ref = $2 AND ",
            $where
        )
    };
}

macro_rules! columns_of_documents {
    ($table:literal, $where:literal) => {
        concat!(
            "SELECT (SELECT key_id FROM people WHERE tenant_id = $1 AND user_ref = $2 AND restricted_at IS NULL)
                AS person_key_id, id, body
             FROM ",
            $table,
            " WHERE tenant_id = $1 AND user_ref = $2 AND ",
            $where
        )
    };
}

pub(super) async fn rejection(
    database: &Database,
    vault: &Vault,
    owner: &Owner,
    id: RejectionId,
) -> Result<Option<Rejection>> {
    let who = vault.reference(owner);
    let row: Option<RejectionRow> = on_database!(database, read, "SELECT rejections", async |connection| {
        let statement = query_as(columns_of_rejections!("diary", "id = $3"));
        let statement = statement.bind(who.tenant).bind(who.user.as_slice()).bind(Uuid::from(id));
        Ok(statement.fetch_optional(connection).await?)
    })?;
    Ok(people::open(database, vault, who, row.into_iter().collect()).await?.pop())
}

pub(super) async fn rejection_by_external_ref(
    database: &Database,
    vault: &Vault,
    owner: &Owner,
    space: Space,
    external_ref: &str,
) -> Result<Option<Rejection>> {
    let who = vault.reference(owner);
    let digest = vault.external_digest(who.tenant, space, external_ref);
    let row: Option<RejectionRow> = on_database!(database, read, "SELECT rejections", async |connection| {
        let statement = query_as(columns_of_rejections!("diary", "external_digest = $3"));
        let statement = statement.bind(who.tenant).bind(who.user.as_slice()).bind(digest);
        Ok(statement.fetch_optional(connection).await?)
    })?;
    Ok(people::open(database, vault, who, row.into_iter().collect()).await?.pop())
}

pub(super) async fn rejections(
    database: &Database,
    vault: &Vault,
    owner: &Owner,
    sight: Sight,
    filter: &RejectionFilter,
    after: Option<(Timestamp, RejectionId)>,
    limit: u32,
) -> Result<Vec<Rejection>> {
    let who = vault.reference(owner);
    let sees_all = sight == Sight::Person;
    let (before, before_id) = after.map_or((LAST, Uuid::max()), |(at, id)| (at, Uuid::from(id)));
    let position = |index: Option<usize>| index.map(|index| i64::try_from(index).unwrap_or(i64::MAX));
    let rows: Vec<RejectionRow> = on_database!(database, read, "SELECT rejections", async |connection| {
        let statement = query_as(columns_of_rejections!(
            "CASE WHEN $3 THEN diary END",
            "($3 OR space = 0) AND (occurred_at, id) < ($4, $5) AND occurred_at >= $6 AND occurred_at < $7
                AND ($8 IS NULL OR kind = $8) AND ($9 IS NULL OR stage = $9)
             ORDER BY occurred_at DESC, id DESC LIMIT $10"
        ));
        let statement = statement
            .bind(who.tenant)
            .bind(who.user.as_slice())
            .bind(sees_all)
            .bind(Moment::from(before))
            .bind(before_id)
            .bind(Moment::from(filter.since.unwrap_or(FIRST)))
            .bind(Moment::from(filter.until.unwrap_or(LAST)))
            .bind(position(filter.kind))
            .bind(position(filter.stage))
            .bind(i64::from(limit));
        Ok(statement.fetch_all(connection).await?)
    })?;
    people::open(database, vault, who, rows).await
}

pub(super) async fn action_item(
    database: &Database,
    vault: &Vault,
    owner: &Owner,
    id: ActionItemId,
) -> Result<Option<ActionItem>> {
    let who = vault.reference(owner);
    let row: Option<DocumentRow> = on_database!(database, read, "SELECT action_items", async |connection| {
        let statement = query_as(columns_of_documents!("action_items", "id = $3"));
        let statement = statement.bind(who.tenant).bind(who.user.as_slice()).bind(Uuid::from(id));
        Ok(statement.fetch_optional(connection).await?)
    })?;
    let rows: Vec<DocumentOf<ActionItem>> = row.into_iter().map(DocumentOf::from).collect();
    Ok(people::open(database, vault, who, rows).await?.pop())
}

pub(super) async fn action_items(
    database: &Database,
    vault: &Vault,
    owner: &Owner,
    after: Option<ActionItemId>,
    limit: u32,
) -> Result<Vec<ActionItem>> {
    let who = vault.reference(owner);
    let after = after.map_or(Uuid::nil(), Uuid::from);
    let rows: Vec<DocumentRow> = on_database!(database, read, "SELECT action_items", async |connection| {
        let statement = query_as(columns_of_documents!("action_items", "id > $3 ORDER BY id LIMIT $4"));
        let statement = statement.bind(who.tenant).bind(who.user.as_slice()).bind(after).bind(i64::from(limit));
        Ok(statement.fetch_all(connection).await?)
    })?;
    let rows: Vec<DocumentOf<ActionItem>> = rows.into_iter().map(DocumentOf::from).collect();
    people::open(database, vault, who, rows).await
}

pub(super) async fn entries(
    database: &Database,
    vault: &Vault,
    owner: &Owner,
    after: Option<(Timestamp, EntryId)>,
    limit: u32,
) -> Result<Vec<Entry>> {
    let who = vault.reference(owner);
    let (before, before_id) = after.map_or((LAST, Uuid::max()), |(at, id)| (at, Uuid::from(id)));
    let rows: Vec<DocumentRow> = on_database!(database, read, "SELECT entries", async |connection| {
        let statement =
            query_as(columns_of_documents!("entries", "(at, id) < ($3, $4) ORDER BY at DESC, id DESC LIMIT $5"));
        let statement = statement.bind(who.tenant).bind(who.user.as_slice()).bind(Moment::from(before));
        Ok(statement.bind(before_id).bind(i64::from(limit)).fetch_all(connection).await?)
    })?;
    let rows: Vec<DocumentOf<Entry>> = rows.into_iter().map(DocumentOf::from).collect();
    people::open(database, vault, who, rows).await
}

pub(super) async fn shown(database: &Database, vault: &Vault, owner: &Owner) -> Result<Shown> {
    let who = vault.reference(owner);
    let row: Option<DocumentRow> = on_database!(database, read, "SELECT people", async |connection| {
        let statement = query_as(
            "SELECT key_id AS person_key_id, key_id AS id, shown AS body FROM people
             WHERE tenant_id = $1 AND user_ref = $2 AND restricted_at IS NULL AND shown IS NOT NULL",
        );
        Ok(statement.bind(who.tenant).bind(who.user.as_slice()).fetch_optional(connection).await?)
    })?;
    let rows: Vec<DocumentOf<Shown>> = row.into_iter().map(DocumentOf::from).collect();
    Ok(people::open(database, vault, who, rows).await?.pop().unwrap_or_default())
}

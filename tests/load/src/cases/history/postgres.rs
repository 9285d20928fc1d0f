//! Rejections on PostgreSQL beside `pgbench` on the same server and the same tables.

use super::people::PEOPLE;
use super::{Case, Floor, Meter, People, Store};
use crate::Result;
use crate::client::Round;
use crate::postgres::{Postgres, pgbench, sql};
use crate::report::{Budget, line};

/// People whose pages are read, and how many rejections each has.
const READERS: usize = 400;
const PAGE: usize = 20;

/// The tenant of the rows that `pgbench` writes and reads.
const TENANT: &str = "00000000-0000-4000-8000-000000000001";

/// Measures the cases that are chosen.
pub(super) async fn measure(floor: &Floor<'_>, server: &Postgres, chosen: impl Fn(Case) -> bool) -> Result<()> {
    let (service, store) = floor.on_postgres(server, "contest").await?;
    let Store::Postgres(url) = store else { return Err("not on PostgreSQL".into()) };
    let people = People(&service);
    people.record(0..PEOPLE, 1).await?;
    people.record(0..READERS, PAGE).await?;
    plant(&url)?;
    let samples = Samples::of(&url)?;
    let (seconds, rounds) = (floor.bench.options.seconds, floor.bench.options.rounds);
    let pgbench = |script: &str, clients: usize| -> Result<Round> {
        let meter = Meter::begin(&service, Some(server))?;
        meter.end(pgbench(&url, script, clients, seconds, floor.folder())?)
    };
    if chosen(Case::HistoryWritePostgres) {
        for (clients, budget) in [(16, Budget(0.80, 1.00)), (64, Budget(0.80, 3.00))] {
            let tour = people.writes(PEOPLE, clients);
            let (mut one, mut all, mut own) = (Vec::new(), Vec::new(), Vec::new());
            for _ in 0..rounds {
                one.push(pgbench(&samples.one_row(), clients)?);
                all.push(pgbench(&samples.all_rows(), clients)?);
                own.push(floor.round(&service, Some(server), &tour).await?);
            }
            line(&format!("write-postgres, {clients}, one row"), Some(&budget), &one, &own);
            line(&format!("write-postgres, {clients}, all rows"), None, &all, &own);
        }
    }
    if chosen(Case::HistoryPagePostgres) {
        let (mut select, mut own) = (Vec::new(), Vec::new());
        let (tour, script) = (people.pages(0..READERS, PAGE, 16), select_page());
        for _ in 0..rounds {
            select.push(pgbench(&script, 16)?);
            own.push(floor.round(&service, Some(server), &tour).await?);
        }
        line(&format!("page-postgres, 16, {PAGE} rows"), Some(&Budget(0.60, 0.85)), &select, &own);
    }
    Ok(())
}

/// Gives `pgbench` people of its own, with as many rejections as those of the service have.
fn plant(url: &str) -> Result<()> {
    sql(url, &format!("INSERT INTO tenants (id, name, created_at) VALUES ('{TENANT}', 'pgbench', now())"))?;
    sql(
        url,
        &format!(
            "INSERT INTO people (tenant_id, user_ref, key_id, record_key, diary_key, master_key_id, created_at)
             SELECT '{TENANT}', {user}, '{TENANT}', record_key, diary_key, master_key_id, created_at
             FROM (SELECT * FROM people LIMIT 1) AS one, generate_series(1, {PEOPLE}) AS person",
            user = user_ref("person"),
        ),
    )?;
    sql(
        url,
        &format!(
            "INSERT INTO rejections (tenant_id, user_ref, id, space, kind, stage, reasons, occurred_at, record,
                record_version, diary_version, created_at, updated_at)
             SELECT '{TENANT}', {user}, gen_random_uuid(), space, kind, stage, reasons, occurred_at, record,
                record_version, diary_version, created_at, updated_at
             FROM (SELECT * FROM rejections LIMIT 1) AS one, generate_series(1, {PEOPLE}) AS person,
                generate_series(1, CASE WHEN person <= {READERS} THEN {PAGE} + 1 ELSE 1 END)",
            user = user_ref("person"),
        ),
    )?;
    sql(url, "VACUUM ANALYZE").map(drop)
}

/// The digest that stands for a person of `pgbench`, spread like the others.
fn user_ref(person: &str) -> String {
    format!("sha256(int4send(({person})::int))")
}

/// What rows of the service hold, in hexadecimal, so that those of `pgbench` are as long.
struct Samples {
    record: String,
    body: String,
    resource: String,
}

impl Samples {
    fn of(url: &str) -> Result<Self> {
        let sample =
            |what: &str, table: &str| sql(url, &format!("COPY (SELECT {what} FROM {table} LIMIT 1) TO STDOUT"));
        Ok(Self {
            record: sample("encode(record, 'hex')", "rejections")?,
            body: sample("encode(body, 'hex')", "entries")?,
            resource: sample("resource", "audit_events WHERE operation = 'createRejection'")?,
        })
    }

    /// The row of `rejections`.
    fn one_row(&self) -> String {
        let (user, record) = (user_ref(":person"), &self.record);
        format!(
            "\\set person random(1, {PEOPLE})\n\
             INSERT INTO rejections (tenant_id, user_ref, id, kind, stage, reasons, occurred_at, external_digest, \
             record, record_version, diary, diary_version, updated_at, diary_changed_at, space, created_at) \
             VALUES ('{TENANT}', {user}, gen_random_uuid(), 0, 3, 3, now(), NULL, '\\x{record}', 1, NULL, 0, now(), \
             NULL, 0, now());\n"
        )
    }

    /// All rows that the service writes, after taking hold of the person like it does. Ids in the audit log begin with
    /// the time, like those of the service.
    fn all_rows(&self) -> String {
        let (user, one_row, Self { body, resource, .. }) = (user_ref(":person"), self.one_row(), self);
        let (person, insert) = one_row.split_once('\n').unwrap_or_default();
        format!(
            "{person}\nBEGIN;\n\
             SELECT 1 FROM people WHERE tenant_id = '{TENANT}' AND user_ref = {user} AND key_id = '{TENANT}' \
             AND restricted_at IS NULL FOR SHARE;\n{insert}\
             INSERT INTO entries (tenant_id, user_ref, at, id, rejection_id, body) \
             VALUES ('{TENANT}', {user}, now(), gen_random_uuid(), gen_random_uuid(), '\\x{body}');\n\
             INSERT INTO audit_events (tenant_id, id, at, key_id, operation, user_ref, resource) \
             VALUES ('{TENANT}', (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000000)::bigint), 16, '0') || \
             right(gen_random_uuid()::text, 12) || '0000')::uuid, now(), '{TENANT}', 'createRejection', {user}, \
             '{resource}');\nEND;\n"
        )
    }
}

/// The statement with which the service reads its newest page: that of somebody who may see everything.
fn select_page() -> String {
    let user = user_ref(":person");
    format!(
        "\\set person random(1, {READERS})\n\
         SELECT (SELECT key_id FROM people WHERE tenant_id = '{TENANT}' AND user_ref = {user} \
         AND restricted_at IS NULL) AS person_key_id, id, space, occurred_at, record, record_version, \
         CASE WHEN TRUE THEN diary END AS diary, diary_version, created_at, updated_at FROM rejections \
         WHERE tenant_id = '{TENANT}' AND user_ref = {user} AND (TRUE OR space = 0) \
         AND (occurred_at, id) < ('9999-12-30', 'ffffffff-ffff-ffff-ffff-ffffffffffff') \
         AND occurred_at >= '0001-01-01' AND occurred_at < '9999-12-30' \
         AND (NULL::bigint IS NULL OR kind = NULL) AND (NULL::bigint IS NULL OR stage = NULL) \
         ORDER BY occurred_at DESC, id DESC LIMIT {limit};\n",
        limit = PAGE + 1,
    )
}

//! Settings of a tenant: as they come, replaced by who saw the present ones.

use rebound_domain::environment::Clock;
use rebound_domain::governance::{LegalHold, Retention, TenantSettings};
use rebound_domain::id::TenantId;

use crate::{World, instance};

both_databases! {
    settings_are_as_they_come_until_they_are_set
    settings_need_the_version_that_is_there
    settings_of_another_tenant_are_out_of_reach
}

impl World {
    pub(crate) async fn put_settings(&self, tenant: TenantId, settings: &TenantSettings, version: i64) -> bool {
        let owner =
            rebound_domain::history::Owner { tenant, user: rebound_domain::history::UserId::new("nobody").unwrap() };
        let event = rebound_domain::governance::AuditEvent { user: None, ..self.event(&owner, "put_settings") };
        self.governance.put_settings(tenant, settings, version, event).await.expect("an answer")
    }
}

async fn settings_are_as_they_come_until_they_are_set(world: World) {
    let tenant = world.tenant("acme").await.id;
    assert_eq!(world.governance.settings(tenant).await.unwrap(), TenantSettings::default());
    let settings = TenantSettings {
        support_link: Some("https://example.org/help".to_owned()),
        feedback_policy: Some("gives".to_owned()),
        retention: Retention { record_days: Some(1), diary_days: Some(2), audit_days: Some(3) },
        legal_hold: Some(LegalHold { reason: "case 12".to_owned(), until: world.clock.now() }),
        bulk_confirmation: Some("required".to_owned()),
        version: 1,
    };
    assert!(world.put_settings(tenant, &settings, 0).await);
    assert_eq!(world.governance.settings(tenant).await.unwrap(), settings);
    assert_eq!(instance(&world.url).await.governance().settings(tenant).await.unwrap(), settings);
}

async fn settings_need_the_version_that_is_there(world: World) {
    let tenant = world.tenant("acme").await.id;
    let [one, two] = [1, 2].map(|version| TenantSettings { version, ..TenantSettings::default() });
    assert!(!world.put_settings(tenant, &two, 1).await);
    assert!(world.put_settings(tenant, &one, 0).await);
    assert!(!world.put_settings(tenant, &one, 0).await);
    assert!(world.put_settings(tenant, &two, 1).await);
    assert!(!world.put_settings(tenant, &two, 1).await);
    assert_eq!(world.governance.settings(tenant).await.unwrap(), two);
    assert_eq!(world.operations(tenant).await, ["put_settings", "put_settings"]);
}

async fn settings_of_another_tenant_are_out_of_reach(world: World) {
    let (one, other) = (world.tenant("one").await.id, world.tenant("other").await.id);
    let settings = TenantSettings { version: 1, ..TenantSettings::default() };
    assert!(world.put_settings(one, &settings, 0).await);
    assert_eq!(world.governance.settings(other).await.unwrap(), TenantSettings::default());
}

//! What every handler of the history starts from: who asks about whom, what the answer may show, and the time that it
//! is given at.

use std::sync::Arc;

use jiff::Timestamp;
use rebound_domain::Result;
use rebound_domain::access::{Caller, Scope};
use rebound_domain::history::{History, Sight};

use crate::proto::v1;
use crate::service::Core;

/// One request about one user.
pub(super) struct Desk {
    core: Arc<Core>,
    pub(super) caller: Caller,
    pub(super) user_id: String,
    pub(super) sight: Sight,
    pub(super) now: Timestamp,
    support_link: String,
}

impl Desk {
    /// The settings are read first, so that a step that is done does not fail for want of them.
    ///
    /// # Errors
    /// `Unavailable`.
    pub(super) async fn open(core: Arc<Core>, caller: Caller, user_id: String) -> Result<Self> {
        let settings = core.governance.settings(caller.tenant).await?;
        let (sight, now) = (Sight::of(&caller), core.history.clock.now());
        Ok(Self { core, caller, user_id, sight, now, support_link: settings.support_link().to_owned() })
    }

    pub(super) fn core(&self) -> &Core {
        &self.core
    }

    pub(super) fn history(&self) -> &History {
        &self.core.history
    }

    /// Where to find somebody to talk to; in every answer that shows or accepts what a person wrote.
    pub(super) fn safety(&self) -> v1::Safety {
        v1::Safety { support_link: self.support_link.clone() }
    }

    /// The same, for answers that keys of the employer's side get too.
    pub(super) fn safety_of_person(&self) -> Option<v1::Safety> {
        self.caller.has_any(&[Scope::DiaryRead, Scope::DiaryWrite]).then(|| self.safety())
    }
}

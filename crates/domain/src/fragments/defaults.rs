//! What holds for every item of a call unless the item says otherwise.

use std::sync::Arc;

use super::{Settings, SettingsDraft};
use crate::error::FieldError;
use crate::{Error, Result};

/// What holds for every item of a call.
#[derive(Debug, Clone)]
pub struct Defaults {
    /// The language of items that name none.
    pub locale: Option<String>,
    /// The catalog of items that name none.
    pub catalog_version: Option<String>,
    draft: SettingsDraft,
    settings: Arc<Settings>,
}

impl Default for Defaults {
    fn default() -> Self {
        let draft = SettingsDraft::default();
        let settings = Arc::new(draft.clone().check(&mut Vec::new()));
        Self { locale: None, catalog_version: None, draft, settings }
    }
}

impl Defaults {
    /// Defaults, unless they or what was checked before (`errors`) are wrong.
    ///
    /// # Errors
    /// `Invalid` with every mistake, below `/defaults`.
    pub fn new(
        locale: Option<String>,
        catalog_version: Option<String>,
        draft: SettingsDraft,
        mut errors: Vec<FieldError>,
    ) -> Result<Self> {
        let settings = Arc::new(draft.clone().check(&mut errors));
        if errors.is_empty() {
            return Ok(Self { locale, catalog_version, draft, settings });
        }
        for error in &mut errors {
            error.pointer.insert_str(0, "/defaults");
        }
        Err(Error::invalid(errors))
    }

    /// The settings of an item that says this much itself.
    pub fn settings(&self, own: SettingsDraft, errors: &mut Vec<FieldError>) -> Arc<Settings> {
        if own.is_empty() { Arc::clone(&self.settings) } else { Arc::new(own.over(&self.draft).check(errors)) }
    }

    /// Why an item has no answer whose defaults were refused.
    #[must_use]
    pub fn refused() -> Error {
        Error::invalid(vec![FieldError::new("/defaults", "were refused; the first answer of this call says why")])
    }

    /// Why defaults are refused that come too late.
    #[must_use]
    pub fn late() -> Error {
        Error::invalid(vec![FieldError::new("/defaults", "allowed: once, before all items, and nothing beside them")])
    }
}

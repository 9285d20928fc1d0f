//! Version 1 of the API: one module a noun.

pub(crate) mod admin;
pub(crate) mod catalog;
pub(crate) mod drafts;
pub(crate) mod fragments;
pub(crate) mod frequent;
pub(crate) mod guidance;
pub(crate) mod history;
pub(crate) mod overlays;
pub(crate) mod replies;
pub(crate) mod send_time;

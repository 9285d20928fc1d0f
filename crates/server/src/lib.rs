#![doc = include_str!("../README.md")]

pub mod apis;
pub mod app;
mod backlog;
pub mod bootstrap;
pub mod catalogs;
pub mod cli;
pub mod config;
mod connections;
mod front;
mod head_timer;
mod limits;
mod logs;
mod master_key;
mod metrics;
mod named;
mod ports;
mod retention;
mod sandbox;
mod services;
mod system;
pub mod tls;
mod unstalled;

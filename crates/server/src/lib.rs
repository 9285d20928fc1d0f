#![doc = include_str!("../README.md")]

pub mod app;
pub mod bootstrap;
pub mod catalogs;
pub mod cli;
pub mod config;
mod connections;
mod logs;
mod master_key;
mod retention;
mod services;
mod system;

#![doc = include_str!("../README.md")]

pub mod apis;
pub mod app;
pub mod bootstrap;
pub mod catalogs;
pub mod cli;
pub mod config;
mod connections;
mod front;
mod logs;
mod master_key;
mod ports;
mod retention;
mod sandbox;
mod services;
mod system;
pub mod tls;

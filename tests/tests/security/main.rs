//! Attacks on every operation, made from the contracts themselves: an operation that is added without its check fails
//! here without anybody having to think of it.

mod rest;
mod seed;

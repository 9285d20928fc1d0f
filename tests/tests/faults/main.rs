//! What a service is worth shows when something breaks: killed, cut off from its database, without space, asked twice,
//! asked at two places at once, talked to in bad faith. Everything is done and looked at through the public doors.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod books;
mod clock;
mod endless;
mod erased;
mod export;
mod idle;
mod kill;
mod malformed;
mod outage;
mod repeats;
mod replicas;
mod rounds;
mod slowly;
mod space;
mod stop;
mod wire;
mod writer;

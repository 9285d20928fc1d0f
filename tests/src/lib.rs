//! What the stories need: databases of their own, a clock that a test moves, and a way to cut a connection. It must
//! not repeat logic of the service.

pub mod environment;
pub mod postgres;
pub mod proxy;
pub mod sqlite;

//! How clients reach both APIs: by TLS, with certificates of their own or without, and from pages of other origins.

mod authority;
mod cors;
mod tls;

//! What is left of each limit, as the two header fields of draft-ietf-httpapi-ratelimit-headers say it (gRPC: metadata of
//! the same names). Both are structured fields (RFC 9651).

use super::Policy;

/// A minute and a day, in seconds.
const MINUTE: u64 = 60;
const DAY: u64 = 86_400;

/// One limit: how much it is, what is left of it, in how many seconds it is whole again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) quota: u64,
    pub(super) remaining: u64,
    pub(super) reset_seconds: u64,
}

/// What is left of the limits of a caller. What has no limit is absent.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub(super) key: Option<Line>,
    pub(super) tenant: Option<Line>,
    pub(super) daily: Option<Line>,
}

impl Standing {
    /// Whether there is any limit to tell of.
    #[must_use]
    pub const fn is_limited(&self) -> bool {
        self.key.is_some() || self.tenant.is_some() || self.daily.is_some()
    }

    /// Appends the value of `RateLimit-Policy`: `"key";q=600;w=60, "daily";q=10000;w=86400`.
    pub fn write_policy(&self, out: &mut Vec<u8>) {
        self.write(out, |line, window, out| {
            parameter(b"q", line.quota, out);
            parameter(b"w", window, out);
        });
    }

    /// Appends the value of `RateLimit`: `"key";r=599;t=1, "daily";r=9999;t=3600`.
    pub fn write_state(&self, out: &mut Vec<u8>) {
        self.write(out, |line, _, out| {
            parameter(b"r", line.remaining, out);
            parameter(b"t", line.reset_seconds, out);
        });
    }

    fn write(&self, out: &mut Vec<u8>, parameters: impl Fn(Line, u64, &mut Vec<u8>)) {
        let lines =
            [(Policy::Key, self.key, MINUTE), (Policy::Tenant, self.tenant, MINUTE), (Policy::Daily, self.daily, DAY)];
        let mut is_first = true;
        for (policy, line, window) in lines {
            let Some(line) = line else { continue };
            if !std::mem::replace(&mut is_first, false) {
                out.extend_from_slice(b", ");
            }
            out.push(b'"');
            out.extend_from_slice(policy.name().as_bytes());
            out.push(b'"');
            parameters(line, window, out);
        }
    }
}

fn parameter(name: &[u8], value: u64, out: &mut Vec<u8>) {
    out.push(b';');
    out.extend_from_slice(name);
    out.push(b'=');
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

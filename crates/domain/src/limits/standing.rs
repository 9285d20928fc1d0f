//! What is left of each limit, as the two header fields of draft-ietf-httpapi-ratelimit-headers say it (gRPC: metadata of
//! the same names). Both are structured fields (RFC 9651).

/// A minute and a day, in seconds, as a parameter.
const MINUTE: &[u8] = b";w=60";
const DAY: &[u8] = b";w=86400";

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

    /// How much each limit is; 0: there is none.
    #[must_use]
    pub fn quotas(&self) -> [u64; 3] {
        [self.key, self.tenant, self.daily].map(|line| line.map_or(0, |line| line.quota))
    }

    /// Appends the value of `RateLimit-Policy`: `"key";q=600;w=60, "daily";q=10000;w=86400`.
    pub fn write_policy(&self, out: &mut Vec<u8>) {
        self.write(out, |line, window, out| {
            out.extend_from_slice(b";q=");
            number(line.quota, out);
            out.extend_from_slice(window);
        });
    }

    /// Appends the value of `RateLimit`: `"key";r=599;t=1, "daily";r=9999;t=3600`.
    pub fn write_state(&self, out: &mut Vec<u8>) {
        self.write(out, |line, _, out| {
            out.extend_from_slice(b";r=");
            number(line.remaining, out);
            out.extend_from_slice(b";t=");
            number(line.reset_seconds, out);
        });
    }

    fn write(&self, out: &mut Vec<u8>, parameters: impl Fn(Line, &[u8], &mut Vec<u8>)) {
        let lines: [(&[u8], _, &[u8]); 3] =
            [(b"\"key\"", self.key, MINUTE), (b"\"tenant\"", self.tenant, MINUTE), (b"\"daily\"", self.daily, DAY)];
        let begin = out.len();
        for (policy, line, window) in lines {
            let Some(line) = line else { continue };
            if out.len() > begin {
                out.extend_from_slice(b", ");
            }
            out.extend_from_slice(policy);
            parameters(line, window, out);
        }
    }
}

fn number(value: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

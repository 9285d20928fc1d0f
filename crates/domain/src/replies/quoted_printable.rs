//! Quoted-printable (RFC 2045, section 6.7), as mail programs read the parts of a message. What measures fragments breaks
//! also a line of exactly 76 characters; here it stays whole, so that a reply keeps the bytes that it always had.

/// How many characters a line has at most.
const WIDTH: usize = 76;

/// How many characters there are for one that cannot stand as it is.
const ESCAPED: usize = 3;

/// Appends a text, its lines ended with CRLF. A line that is too long goes on after a `=` at its end.
pub(super) fn encode(text: &str, out: &mut Vec<u8>) {
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.extend_from_slice(b"\r\n");
        }
        encode_line(line.as_bytes(), out);
    }
}

fn encode_line(line: &[u8], out: &mut Vec<u8>) {
    let Some((last, mut rest)) = line.split_last() else { return };
    // All but the last one leave room for a `=` behind them.
    let mut room = WIDTH - 1;
    while !rest.is_empty() {
        let fitting = &rest[..room.min(rest.len())];
        let plain = fitting.iter().position(|byte| !is_plain(*byte)).unwrap_or(fitting.len());
        out.extend_from_slice(&rest[..plain]);
        (rest, room) = (&rest[plain..], room - plain);
        match rest.first() {
            Some(byte) if room >= ESCAPED && !is_plain(*byte) => {
                escape(*byte, out);
                (rest, room) = (&rest[1..], room - ESCAPED);
            }
            Some(_) => {
                break_line(out);
                room = WIDTH - 1;
            }
            None => {}
        }
    }
    // White space at the end of a line would get lost.
    if is_plain(*last) && !matches!(last, b' ' | b'\t') {
        out.push(*last);
    } else {
        if room + 1 < ESCAPED {
            break_line(out);
        }
        escape(*last, out);
    }
}

const fn is_plain(byte: u8) -> bool {
    matches!(byte, b'\t' | b' '..=b'<' | b'>'..=b'~')
}

fn escape(byte: u8, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.extend_from_slice(&[b'=', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
}

fn break_line(out: &mut Vec<u8>) {
    out.extend_from_slice(b"=\r\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::encode;

    /// The encoding by an encoder that is not ours.
    fn theirs(text: &str) -> String {
        quoted_printable::encode_to_str(text.replace('\n', "\r\n"))
    }

    proptest! {
        #[test]
        fn every_text_is_what_another_encoder_makes_of_it(parts in proptest::collection::vec(part(), 0..12)) {
            let text = parts.concat();
            let mut out = Vec::new();
            encode(&text, &mut out);
            prop_assert_eq!(String::from_utf8(out).expect("ASCII"), theirs(&text));
        }
    }

    fn part() -> impl Strategy<Value = String> {
        prop_oneof!["[a-z ]{0,80}", "[=é李👩\t ]{0,6}", "\n{1,3}", "\\PC{0,40}", Just(" ".to_owned())]
    }
}

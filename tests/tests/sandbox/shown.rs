//! Compares an answer with what the documentation shows of it: white space apart, and with cuts marked by `...`.

/// What the answer should have and has not; `None` if it is as shown.
///
/// A line `... one, two ...` stands for parts that are cut, and names what is in them.
pub(crate) fn missing(shown: &str, answer: &str) -> Option<String> {
    let answer = bare(answer);
    let mut rest = &answer[..];
    let parts = parts(shown);
    for (index, part) in parts.iter().enumerate() {
        let place = if index == 0 { rest.starts_with(part).then_some(0) } else { rest.find(&**part) };
        match place {
            Some(place) => rest = &rest[place + part.len()..],
            None => return Some(part.clone()),
        }
    }
    let last = parts.last().map_or("", |part| part);
    (!answer.ends_with(last)).then(|| format!("{last} at the end"))
}

/// What stands between the cuts, in order.
fn parts(shown: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for line in shown.lines() {
        let inside = line.trim().trim_end_matches(',').strip_prefix("... ").and_then(|line| line.strip_suffix(" ..."));
        if let Some(names) = inside {
            parts.extend(names.split(", ").map(bare));
            parts.push(String::new());
            continue;
        }
        for (index, piece) in line.split("...").enumerate() {
            if index > 0 {
                parts.push(String::new());
            }
            if let Some(last) = parts.last_mut() {
                last.push_str(&bare(piece));
            }
        }
    }
    // A comma beside a cut belongs to what is cut.
    let trimmed = parts.iter().map(|part| part.trim_matches(',').to_owned());
    trimmed.filter(|part| !part.is_empty()).collect()
}

fn bare(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

#[test]
fn a_cut_stands_for_anything_and_the_rest_for_itself() {
    let answer = r#"{"a":1,"steps":[{"tip":"one"},{"tip":"two"},{"tip":"three","body":"Long text."}]}"#;
    let shown = "{\n  \"a\": 1,\n  \"steps\": [\n    ... one, two ...,\n    {\"tip\": \"three\", \"body\": \"Long ...\"}\n  ]\n}";
    assert_eq!(missing(shown, answer), None);
    assert_eq!(missing(&shown.replace("one, two", "two, one"), answer).as_deref(), Some("one"));
    assert!(missing(&shown.replace("three", "four"), answer).is_some());
    assert!(missing(&shown.replace("\"a\": 1,", ""), answer).is_some());
    assert!(missing(shown, &answer.replace("]}", "],\"more\":0}")).is_some());
}

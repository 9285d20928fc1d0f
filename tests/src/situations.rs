//! The public situations: what somebody sends, and which advice must come, must not, and in which order.

use serde_json::{Value, json};

/// A situation with what is expected.
pub struct Situation {
    /// What it is.
    pub name: String,
    /// The context.
    pub context: Value,
    case: Value,
}

/// All of them.
///
/// # Panics
/// If the file is not what it should be.
#[must_use]
pub fn all() -> Vec<Situation> {
    let file: Value = serde_json::from_str(include_str!("../cases/guidance.json")).expect("JSON");
    let cases = file["cases"].as_array().expect("cases");
    cases
        .iter()
        .map(|case| Situation {
            name: case["name"].as_str().expect("a name").to_owned(),
            context: case["context"].clone(),
            case: case.clone(),
        })
        .collect()
}

impl Situation {
    /// The request that shows everything.
    #[must_use]
    pub fn request(&self) -> Value {
        json!({ "context": self.context, "limit": 50, "explain": true })
    }

    /// What is wrong with an answer, in the form that REST has; empty if nothing is.
    #[must_use]
    pub fn faults(&self, answer: &Value) -> Vec<String> {
        let texts = |value: &Value| -> Vec<String> {
            value.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(ToOwned::to_owned)).collect()
        };
        let steps: Vec<Vec<String>> = answer["steps"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|step| step["sources"].as_array().into_iter().flatten().map(|it| it["atom"].clone()).collect())
            .map(|atoms: Vec<Value>| texts(&Value::from(atoms)))
            .collect();
        let first = |atom: &str| steps.iter().position(|atoms| atoms.iter().any(|cited| cited == atom));
        let mut faults = Vec::new();
        for atom in texts(&self.case["include"]) {
            if first(&atom).is_none() {
                faults.push(format!("{}: `{atom}` is missing", self.name));
            }
        }
        for atom in texts(&self.case["exclude"]) {
            if first(&atom).is_some() {
                faults.push(format!("{}: `{atom}` must not be there", self.name));
            }
        }
        for pair in self.case["before"].as_array().into_iter().flatten() {
            let places: Vec<_> = texts(pair).iter().map(|atom| first(atom)).collect();
            if places[0].is_none() || places[0] > places[1] {
                faults.push(format!("{}: wrong order of {pair}", self.name));
            }
        }
        for expected in self.case["withheld"].as_array().into_iter().flatten() {
            let explained = answer["withheld"].as_array().into_iter().flatten().any(|withheld| {
                texts(&withheld["atoms"]).iter().any(|atom| expected["atom"] == **atom)
                    && texts(&withheld["because"]).iter().any(|because| expected["because"] == **because)
            });
            if !explained {
                faults.push(format!("{}: not explained: {expected}", self.name));
            }
        }
        faults
    }
}

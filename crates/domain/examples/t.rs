use rebound_domain::{catalog::*, context::*, guidance::*};
use serde::de::DeserializeSeed;
fn main() {
    let p = check(&embedded());
    for x in &p {
        println!("{x}");
    }
    println!("{} problems", p.len());
    let c = Catalog::embedded().unwrap();
    let j: serde_json::Value = serde_json::from_str(include_str!("../../../tests/cases/guidance.json")).unwrap();
    for case in j["cases"].as_array().unwrap() {
        let mut d = Draft::new("/context");
        ContextSeed(&mut d).deserialize(case["context"].clone()).unwrap();
        let ctx = d.finish().unwrap();
        let r = GuidanceRequest::new(ctx, c.locales().negotiate(None), Some(50), true);
        let g = advise(&c, &r);
        let cited: Vec<Vec<&str>> =
            g.steps.iter().map(|s| s.atoms().iter().map(|a| &*c.atom(*a).id).collect()).collect();
        let flat: Vec<&str> = cited.iter().flatten().copied().collect();
        print!("{} [{} steps]:", case["name"], g.steps.len());
        for i in case["include"].as_array().unwrap() {
            if !flat.contains(&i.as_str().unwrap()) {
                print!(" MISSING {i}");
            }
        }
        for i in case["exclude"].as_array().unwrap() {
            if flat.contains(&i.as_str().unwrap()) {
                print!(" EXTRA {i}");
            }
        }
        for w in case["withheld"].as_array().unwrap() {
            let ok = g.withheld.iter().any(|x| {
                x.atoms.iter().any(|a| *c.atom(*a).id == *w["atom"].as_str().unwrap())
                    && x.because.iter().any(|b| b == w["because"].as_str().unwrap())
            });
            if !ok {
                print!(" NOTWITHHELD {w}");
            }
        }
        println!();
    }
    let r = GuidanceRequest::new(
        {
            let mut d = Draft::new("");
            d.set_text(Field::Kind, "job_application");
            d.set_text(Field::Phase, "recovered");
            d.set_text(Field::Conversation, "held");
            d.set_text(Field::Stage, "interview");
            d.finish().unwrap()
        },
        c.locales().negotiate(None),
        None,
        false,
    );
    let g = advise(&c, &r);
    for s in &g.steps {
        println!(
            "{:?} {} {:?} {:?}",
            s.tip.rule.phase,
            s.tip.id,
            s.why,
            s.actions.iter().map(|a| &a.id).collect::<Vec<_>>()
        );
    }
    let t = std::time::Instant::now();
    let n = 300000;
    let mut k = 0;
    for _ in 0..n {
        k += advise(&c, std::hint::black_box(&r)).steps.len();
    }
    println!("{} per s {k}", (n as f64 / t.elapsed().as_secs_f64()) as u64);
}

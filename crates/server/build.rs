//! Refuses to build a binary with a catalog that has a mistake.

fn main() {
    let problems = rebound_domain::catalog::check(&rebound_domain::catalog::embedded());
    for problem in &problems {
        println!("cargo::error=catalog/{problem}");
    }
    println!("cargo::rerun-if-changed=build.rs");
}

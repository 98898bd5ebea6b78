//! Tells the tests which platform they were built for.

#[expect(clippy::disallowed_methods, reason = "cargo tells a build script by its environment")]
fn main() {
    let platform = std::env::var("TARGET").expect("cargo says for which platform it builds");
    println!("cargo::rustc-env=HOST_PLATFORM={platform}");
    println!("cargo::rerun-if-changed=build.rs");
}

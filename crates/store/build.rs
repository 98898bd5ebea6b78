//! Builds anew when a migration was added: the embedded list is read while compiling.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}

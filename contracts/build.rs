//! The bindings are made from the artifacts: tell cargo.

fn main() {
    println!("cargo::rerun-if-changed=artifacts");
}

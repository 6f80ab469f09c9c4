//! Gives the shared library the SONAME that existing binaries ask the loader for.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libc-client.so.2007e");
}

//! Who does the cryptography: ring, or AWS-LC, as chosen when the library is built (features `ring` and `aws-lc-rs`).
//! Both offer the same modules; `provider` is that of rustls.

#[cfg(feature = "ring")]
pub use ring::{digest, hmac, pbkdf2, rand};
#[cfg(feature = "ring")]
pub use rustls::crypto::ring as provider;

#[cfg(all(feature = "aws-lc-rs", not(feature = "ring")))]
pub use aws_lc_rs::{digest, hmac, pbkdf2, rand};
#[cfg(all(feature = "aws-lc-rs", not(feature = "ring")))]
pub use rustls::crypto::aws_lc_rs as provider;

#[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
compile_error!("choose a provider of cryptography: the feature ring (the default) or aws-lc-rs");

#[cfg(all(feature = "ring", any(test, not(feature = "chacha20"))))]
mod lean;

/// The ciphers, groups and signatures of TLS.
pub fn for_tls() -> rustls::crypto::CryptoProvider {
    #[cfg(all(feature = "ring", not(feature = "chacha20")))]
    return lean::provider();
    #[cfg(not(all(feature = "ring", not(feature = "chacha20"))))]
    return provider::default_provider();
}

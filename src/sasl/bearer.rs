//! What XOAUTH2 and OAUTHBEARER share.

use super::Secret;

/// Whether it can be a token: visible ASCII (RFC 6750 section 2.1 allows less; servers issue what they like).
pub fn is_token(token: &[u8]) -> bool {
    !token.is_empty() && token.iter().all(u8::is_ascii_graphic)
}

/// Whether it can be a user's name in such a message: no control characters, which separate its parts.
pub fn is_name(name: &[u8]) -> bool {
    !name.is_empty() && !name.iter().any(u8::is_ascii_control)
}

/// The parts, in a buffer that never grew: growing would leave copies behind.
pub fn join(parts: &[&[u8]]) -> Secret {
    let mut all = Secret::new(Vec::with_capacity(
        parts.iter().map(|part| part.len()).sum(),
    ));
    for part in parts {
        all.extend_from_slice(part);
    }
    all
}

//! What commands print and files hold: the answers of token endpoints.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::{Token, printable};
use crate::configuration::file;
use crate::limits;
use crate::sasl::Secret;

/// Reads what a command printed or a file holds: one line with the token, or a JSON object with `access_token` and maybe
/// `expires_in` (RFC 6749 section 5.1). None of the text gets into the error, but for what JSON calls an error.
///
/// # Errors
/// What is wrong with it, in words.
pub fn read_answer(answer: &[u8]) -> Result<Token, String> {
    let answer = answer.trim_ascii();
    if answer.first() == Some(&b'{') {
        return read_json(answer);
    }
    if answer.is_empty() {
        return Err("no token: nothing there".to_owned());
    }
    if answer.contains(&b'\n') {
        return Err("no token: more than one line".to_owned());
    }
    Ok(Token {
        text: checked(answer)?,
        lifetime: None,
    })
}

/// Whether it can be a token, and how it is kept.
///
/// # Errors
/// What is wrong with it, in words.
fn checked(token: &[u8]) -> Result<Secret, String> {
    if token.len() > limits::TOKEN {
        return Err(format!("no token: longer than {} octets", limits::TOKEN));
    }
    if token.is_empty() || !token.iter().all(u8::is_ascii_graphic) {
        return Err("no token: a token is visible ASCII without blanks".to_owned());
    }
    Ok(Secret::new(token.to_vec()))
}

/// What is looked for in the JSON.
#[derive(Default)]
struct Found {
    token: Option<Secret>,
    expires_in: Option<f64>,
    error: Option<String>,
    description: Option<String>,
}

struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
        let mut found = Found::default();
        while let Some(key) = map.next_key_seed(Text)? {
            match key.as_ref().map(|key| key.as_slice()) {
                Some(b"access_token") => found.token = map.next_value_seed(Text)?,
                Some(b"expires_in") => {
                    // A number by the RFC; some issuers send it as a text.
                    let text = map.next_value_seed(Text)?;
                    found.expires_in =
                        text.and_then(|text| std::str::from_utf8(&text).ok()?.parse().ok());
                }
                Some(b"error") => found.error = excerpt(map.next_value_seed(Text)?),
                Some(b"error_description") => {
                    found.description = excerpt(map.next_value_seed(Text)?)
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }
}

/// A text or a number, as octets that are wiped; `None` for anything else.
struct Text;

impl<'de> serde::de::DeserializeSeed<'de> for Text {
    type Value = Option<Secret>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Option<Secret>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Secret::new(text.as_bytes().to_vec())))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Self::Value, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Self::Value, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Self::Value, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        IgnoredAny.visit_map(map)?;
        Ok(None)
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        IgnoredAny.visit_seq(seq)?;
        Ok(None)
    }
}

fn read_json(answer: &[u8]) -> Result<Token, String> {
    let mut deserializer = serde_json::Deserializer::from_slice(answer);
    let found = deserializer
        .deserialize_map(Object)
        .and_then(|found| deserializer.end().map(|()| found))
        .map_err(|error| {
            format!(
                "JSON that cannot be read (line {}, column {})",
                error.line(),
                error.column()
            )
        })?;
    if let Some(token) = found.token {
        let lifetime = found
            .expires_in
            .filter(|seconds| (0.0..1e9).contains(seconds));
        return Ok(Token {
            text: checked(&token)?,
            lifetime: lifetime.map(Duration::from_secs_f64),
        });
    }
    Err(match (found.error, found.description) {
        (Some(error), Some(description)) => format!("no token: {error}: {description}"),
        (Some(error), None) => format!("no token: {error}"),
        _ => "no token: JSON without access_token".to_owned(),
    })
}

/// The beginning of a text for the log.
fn excerpt(text: Option<Secret>) -> Option<String> {
    text.map(|text| printable(&text))
}

/// Reads a token from a file.
///
/// # Errors
/// What is wrong with it, in words, with the cure.
pub fn from_file(path: &Path) -> Result<Token, String> {
    use std::os::unix::fs::MetadataExt;
    let in_words = |error: std::io::Error| format!("cannot be read: {error}");
    let (mut file, metadata) = file::open(path).map_err(in_words)?;
    if metadata.mode() & 0o006 != 0 || metadata.mode() & 0o020 != 0 {
        return Err(format!(
            "everybody can read it, or others than its owner can write it (mode {:o}; chmod 640)",
            metadata.mode() & 0o777
        ));
    }
    let text = file::read(&mut file, limits::TOKEN_ANSWER as u64).map_err(in_words)?;
    read_answer(&text)
}

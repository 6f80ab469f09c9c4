//! The few facts of an X.509 certificate (RFC 5280) that error messages and the trust rules need
//! and that the TLS library does not show. A reader of DER that takes what it knows and gives up
//! on the rest: nothing here decides that a certificate is good.

use std::net::IpAddr;

/// Facts of one certificate.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Facts<'a> {
    /// Issuer, as encoded.
    pub issuer: &'a [u8],
    /// Subject, as encoded.
    pub subject: &'a [u8],
    /// First second of validity, since 1970.
    pub not_before: i64,
    /// Last second of validity, since 1970.
    pub not_after: i64,
    /// dNSName entries of the subjectAltName extension.
    pub dns_names: Vec<&'a [u8]>,
    /// iPAddress entries of the subjectAltName extension.
    pub addresses: Vec<IpAddr>,
    /// Is it of version 1, and so has no extensions?
    pub version_1: bool,
    /// Does basicConstraints say that it is an authority's?
    pub authority: bool,
    /// Is there a nameConstraints extension?
    pub name_constraints: bool,
    /// Does extKeyUsage leave servers out?
    pub not_for_servers: bool,
    /// Is there a critical extension that nobody here understands?
    pub unknown_critical: bool,
    /// Algorithm of the public key: the content of its AlgorithmIdentifier.
    pub key_algorithm: &'a [u8],
    /// The public key itself.
    pub key: &'a [u8],
}

/// What can be shown of a server's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whose it is, in OpenSSL's one-line form; safe to print.
    pub subject: String,
    /// Who issued it, in the same form.
    pub issuer: String,
    /// The names it is for, with commas between.
    pub names: String,
    /// First second of validity, since 1970.
    pub not_before: i64,
    /// Last second of validity, since 1970.
    pub not_after: i64,
}

impl Certificate {
    /// Reads a certificate (DER); `None` if it cannot be read.
    pub fn read(der: &[u8]) -> Option<Certificate> {
        let facts = facts(der)?;
        Some(Certificate {
            subject: one_line(facts.subject),
            issuer: one_line(facts.issuer),
            names: facts.names(),
            not_before: facts.not_before,
            not_after: facts.not_after,
        })
    }
}

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OID: u8 = 0x06;
const BOOLEAN: u8 = 0x01;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
const SAN_DNS: u8 = 0x82;
const SAN_IP: u8 = 0x87;

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
const NAME_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x1e];
const EXT_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
const SERVER_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];
const ANY_PURPOSE: &[u8] = &[0x55, 0x1d, 0x25, 0x00];
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];

/// Attribute types with the short names that OpenSSL prints.
const SHORT_NAMES: [(&[u8], &str); 8] = [
    (COMMON_NAME, "CN"),
    (&[0x55, 0x04, 0x06], "C"),
    (&[0x55, 0x04, 0x07], "L"),
    (&[0x55, 0x04, 0x08], "ST"),
    (&[0x55, 0x04, 0x0a], "O"),
    (&[0x55, 0x04, 0x0b], "OU"),
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01],
        "emailAddress",
    ),
    (
        &[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x19],
        "DC",
    ),
];

/// Longest subject shown in a message.
const MAX_NAME: usize = 255;

/// Reads a certificate; `None` if it is not one.
pub(super) fn facts(der: &[u8]) -> Option<Facts<'_>> {
    let (mut certificate, _) = expect(der, SEQUENCE)?;
    let mut tbs = take(&mut certificate, SEQUENCE)?;
    let version_1 = tbs.first() != Some(&VERSION);
    if !version_1 {
        take(&mut tbs, VERSION)?;
    }
    next(&mut tbs)?; // serial number
    take(&mut tbs, SEQUENCE)?; // signature algorithm
    let issuer = take(&mut tbs, SEQUENCE)?;
    let mut validity = take(&mut tbs, SEQUENCE)?;
    let not_before = time(next(&mut validity)?)?;
    let not_after = time(next(&mut validity)?)?;
    let subject = take(&mut tbs, SEQUENCE)?;
    let mut key_info = take(&mut tbs, SEQUENCE)?;
    let key_algorithm = take(&mut key_info, SEQUENCE)?;
    // The first octet counts unused bits, of which keys have none.
    let key = take(&mut key_info, BIT_STRING)?.strip_prefix(&[0])?;
    let mut facts = Facts {
        issuer,
        subject,
        not_before,
        not_after,
        dns_names: Vec::new(),
        addresses: Vec::new(),
        version_1,
        authority: false,
        name_constraints: false,
        not_for_servers: false,
        unknown_critical: false,
        key_algorithm,
        key,
    };
    while let Some((tag, content)) = next(&mut tbs) {
        if tag == EXTENSIONS && !version_1 {
            let (extensions, _) = expect(content, SEQUENCE)?;
            read_extensions(extensions, &mut facts)?;
        }
    }
    Some(facts)
}

impl Facts<'_> {
    /// Does the certificate name itself as its issuer?
    pub(super) fn self_issued(&self) -> bool {
        self.issuer == self.subject
    }

    /// The common names of the subject, where they are plain ASCII text.
    pub(super) fn common_names(&self) -> Vec<&str> {
        attributes(self.subject)
            .into_iter()
            .filter(|(oid, _)| *oid == COMMON_NAME)
            .filter_map(|(_, value)| std::str::from_utf8(value).ok())
            .filter(|value| value.bytes().all(|byte| byte.is_ascii_graphic()))
            .collect()
    }

    /// Bits of the modulus, if the key is an RSA key (RFC 8017 appendix A.1.1).
    pub(super) fn rsa_bits(&self) -> Option<usize> {
        let mut algorithm = self.key_algorithm;
        take(&mut algorithm, OID).filter(|oid| *oid == RSA)?;
        let (mut key, _) = expect(self.key, SEQUENCE)?;
        let modulus = take(&mut key, INTEGER)?;
        let modulus = &modulus[modulus.iter().position(|byte| *byte != 0)?..];
        Some(modulus.len() * 8 - usize::try_from(modulus[0].leading_zeros()).unwrap_or(0))
    }

    /// Who issued the certificate and when it is valid, for people.
    pub(super) fn origin(&self) -> String {
        let issuer = if self.self_issued() {
            "itself".to_string()
        } else {
            one_line(self.issuer)
        };
        let (from, to) = (date(self.not_before), date(self.not_after));
        format!("issued by {issuer}, valid from {from} to {to}")
    }

    /// The names the certificate is for, as a list for people.
    pub(super) fn names(&self) -> String {
        let mut names: Vec<String> = self.dns_names.iter().map(|name| printable(name)).collect();
        names.extend(self.addresses.iter().map(IpAddr::to_string));
        if names.is_empty() {
            names.extend(self.common_names().into_iter().map(str::to_string));
        }
        names.truncate(8);
        names.join(", ")
    }
}

/// A distinguished name in OpenSSL's one-line form, `/C=US/O=Example/CN=host`: safe to print.
pub(super) fn one_line(name: &[u8]) -> String {
    let mut line = String::new();
    for (oid, value) in attributes(name) {
        line.push('/');
        match SHORT_NAMES.iter().find(|(known, _)| *known == oid) {
            Some((_, short)) => line.push_str(short),
            None => line.push('?'),
        }
        line.push('=');
        line.push_str(&printable(value));
    }
    if line.is_empty() {
        line.push_str("(no name)");
    }
    match line.char_indices().nth(MAX_NAME) {
        Some((end, _)) => line[..end].to_string(),
        None => line,
    }
}

/// Text for a log line, whatever the certificate holds.
fn printable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}

/// Type and value of each attribute of a distinguished name.
fn attributes(mut name: &[u8]) -> Vec<(&[u8], &[u8])> {
    let mut found = Vec::new();
    while let Some((SET, mut set)) = next(&mut name) {
        while let Some((SEQUENCE, mut attribute)) = next(&mut set) {
            if let (Some((OID, oid)), Some((_, value))) =
                (next(&mut attribute), next(&mut attribute))
            {
                found.push((oid, value));
            }
        }
    }
    found
}

fn read_extensions<'a>(mut extensions: &'a [u8], facts: &mut Facts<'a>) -> Option<()> {
    while !extensions.is_empty() {
        let mut extension = take(&mut extensions, SEQUENCE)?;
        let oid = take(&mut extension, OID)?;
        let (tag, mut value) = next(&mut extension)?;
        let critical = tag == BOOLEAN && value != [0];
        if tag == BOOLEAN {
            (_, value) = next(&mut extension)?;
        }
        if oid == NAME_CONSTRAINTS {
            facts.name_constraints = true;
        } else if oid == EXT_KEY_USAGE {
            let (mut purposes, _) = expect(value, SEQUENCE)?;
            facts.not_for_servers = true;
            while let Some((OID, purpose)) = next(&mut purposes) {
                if [SERVER_AUTH, ANY_PURPOSE].contains(&purpose) {
                    facts.not_for_servers = false;
                }
            }
        } else if oid == BASIC_CONSTRAINTS {
            let (mut constraints, _) = expect(value, SEQUENCE)?;
            facts.authority = next(&mut constraints) == Some((BOOLEAN, &[0xff]));
        } else if oid == SUBJECT_ALT_NAME {
            let (mut names, _) = expect(value, SEQUENCE)?;
            while let Some((tag, name)) = next(&mut names) {
                match tag {
                    SAN_DNS => facts.dns_names.push(name),
                    SAN_IP => facts.addresses.extend(address(name)),
                    _ => {}
                }
            }
        } else if oid != KEY_USAGE {
            facts.unknown_critical |= critical;
        }
    }
    Some(())
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        return Some(v4.into());
    }
    <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from)
}

/// Seconds since 1970 of a UTCTime or GeneralizedTime in the forms RFC 5280 section 4.1.2.5
/// permits.
fn time((tag, text): (u8, &[u8])) -> Option<i64> {
    let text = text.strip_suffix(b"Z")?;
    let (year, rest) = match (tag, text.len()) {
        (UTC_TIME, 12) => {
            let year = digits(&text[..2])?;
            (
                if year < 50 { 2000 + year } else { 1900 + year },
                &text[2..],
            )
        }
        (GENERALIZED_TIME, 14) => (digits(&text[..4])?, &text[4..]),
        _ => return None,
    };
    let part = |index: usize| digits(&rest[index * 2..index * 2 + 2]);
    let (month, day) = (part(0)?, part(1)?);
    let (hour, minute, second) = (part(2)?, part(3)?, part(4)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Days since 1970-01-01 of the proleptic Gregorian calendar, years beginning in March.
    let (y, m) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days =
        y * 365 + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + (153 * m + 2) / 5 + day
            - 719_469;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

/// The day of a point in time, as in 2026-01-31.
fn date(seconds: i64) -> String {
    // Years begin in March here, as in `time`.
    let days = seconds.div_euclid(86_400) + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (year, month) = match month {
        0..=9 => (year, month + 3),
        _ => (year + 1, month - 9),
    };
    format!("{:04}-{month:02}-{day:02}", year + era * 400)
}

fn digits(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0, |value, digit| {
        digit
            .is_ascii_digit()
            .then(|| value * 10 + i64::from(digit - b'0'))
    })
}

/// The certificate's signature algorithm: object identifier, and parameters as encoded.
pub(super) fn signature_algorithm(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (mut certificate, _) = expect(der, SEQUENCE)?;
    take(&mut certificate, SEQUENCE)?;
    expect(take(&mut certificate, SEQUENCE)?, OID)
}

/// Takes the next element off `input`: its tag and content.
fn next<'a>(input: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (&tag, rest) = input.split_first()?;
    // Tags beyond 30 take more bytes; certificates have none.
    if tag & 0x1f == 0x1f {
        return None;
    }
    let (&first, mut rest) = rest.split_first()?;
    let length = if first < 0x80 {
        usize::from(first)
    } else {
        let size = usize::from(first & 0x7f);
        if !(1..=4).contains(&size) || rest.len() < size {
            return None;
        }
        let (bytes, after) = rest.split_at(size);
        rest = after;
        bytes
            .iter()
            .fold(0, |length, byte| length << 8 | usize::from(*byte))
    };
    if rest.len() < length {
        return None;
    }
    let (content, after) = rest.split_at(length);
    *input = after;
    Some((tag, content))
}

/// Takes the next element, which must have this tag; returns its content.
fn take<'a>(input: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
    next(input)
        .filter(|(found, _)| *found == tag)
        .map(|(_, content)| content)
}

/// The content of the first element of `input`, which must have this tag, and what follows it.
fn expect(mut input: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let content = take(&mut input, tag)?;
    Some((content, input))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        let utc = |text: &str| time((UTC_TIME, text.as_bytes()));
        let general = |text: &str| time((GENERALIZED_TIME, text.as_bytes()));
        assert_eq!(utc("700101000000Z"), Some(0));
        assert_eq!(utc("000229235959Z"), Some(951_868_799));
        assert_eq!(utc("491231235959Z"), Some(2_524_607_999));
        assert_eq!(utc("500101000000Z"), Some(-631_152_000));
        assert_eq!(general("20380119031407Z"), Some(i64::from(i32::MAX)));
        assert_eq!(general("21000301000000Z"), Some(4_107_542_400));
        assert_eq!(general("99991231235959Z"), Some(253_402_300_799));
        for bad in [
            "",
            "Z",
            "7001010000Z",
            "70010100000xZ",
            "701301000000Z",
            "700101000000",
        ] {
            assert_eq!(utc(bad), None, "{bad}");
        }
    }

    #[test]
    fn dates_are_the_days_of_times() {
        for (text, day) in [
            ("19700101000000Z", "1970-01-01"),
            ("20000229235959Z", "2000-02-29"),
            ("20001231000000Z", "2000-12-31"),
            ("21000301000000Z", "2100-03-01"),
            ("19491231235959Z", "1949-12-31"),
            ("99991231235959Z", "9999-12-31"),
        ] {
            let seconds = time((GENERALIZED_TIME, text.as_bytes())).unwrap();
            assert_eq!(date(seconds), day);
        }
    }

    fn made() -> Vec<u8> {
        let mut params =
            rcgen::CertificateParams::new(vec!["a.example".into(), "127.0.0.1".into()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2001, 2, 3);
        params.not_after = rcgen::date_time_ymd(2050, 1, 1);
        let mut name = rcgen::DistinguishedName::new();
        name.push(rcgen::DnType::OrganizationName, "An\nOrg");
        name.push(rcgen::DnType::CommonName, "a.example");
        params.distinguished_name = name;
        let key = rcgen::KeyPair::generate().unwrap();
        params.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn facts_of_a_certificate() {
        let der = made();
        let facts = facts(&der).unwrap();
        assert!(facts.self_issued());
        assert!(!facts.name_constraints && !facts.authority && !facts.version_1);
        assert_eq!(facts.dns_names, [b"a.example"]);
        assert_eq!(facts.addresses, [IpAddr::from([127, 0, 0, 1])]);
        assert_eq!(facts.not_before, 981_158_400);
        assert_eq!(facts.not_after, 2_524_608_000);
        assert_eq!(facts.common_names(), ["a.example"]);
        assert_eq!(one_line(facts.subject), "/O=An?Org/CN=a.example");
        assert_eq!(facts.names(), "a.example, 127.0.0.1");
        let origin = "issued by itself, valid from 2001-02-03 to 2050-01-01";
        assert_eq!(facts.origin(), origin);
        assert!(!facts.not_for_servers && !facts.unknown_critical);
    }

    #[test]
    fn damaged_certificates_are_no_danger() {
        let der = made();
        for end in 0..der.len() {
            assert_eq!(facts(&der[..end]), None);
        }
        for index in 0..der.len() {
            for byte in [0, 1, 0x30, 0x7f, 0x80, 0x84, 0x88, 0xff] {
                let mut damaged = der.clone();
                damaged[index] = byte;
                if let Some(facts) = facts(&damaged) {
                    facts.names();
                    facts.rsa_bits();
                    one_line(facts.subject);
                }
            }
        }
    }
}

//! Why a certificate is refused, beyond dates, names and unknown issuers.

use rcgen::{BasicConstraints, CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, IsCa};

use super::made::*;
use super::verifying::{refusal, try_tls};

/// The refusal says `reason` about `subject`, who issued it, when it is valid, and `cure`.
fn says(text: &str, reason: &str, subject: &str, cure: &str) {
    let start = format!("Certificate failure for localhost: {reason}: {subject}, issued by ");
    assert!(text.starts_with(&start), "{text}");
    let dates = ", valid from 1975-01-01 to 4096-01-01 (";
    let (_, rest) = text.split_once(dates).unwrap();
    assert!(rest.starts_with(cure) && rest.ends_with(')'), "{text}");
}

fn for_clients_only() -> CertificateParams {
    let mut made = params(&["localhost"]);
    made.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    made
}

fn with_unknown_extension(critical: bool) -> CertificateParams {
    let mut made = params(&["localhost"]);
    let mut extension = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99_999], vec![5, 0]);
    extension.set_criticality(critical);
    made.custom_extensions = vec![extension];
    made
}

#[test]
fn wrong_purpose() {
    let root = self_signed(authority("Root"));
    let leaf = signed(for_clients_only(), &root);
    let own = self_signed(for_clients_only());
    for (shown, trusted) in [(&leaf, &root), (&own, &own)] {
        let text = refusal(&[shown], &options("localhost", trusting(&[trusted])));
        let cure = "its extendedKeyUsage must say serverAuth";
        says(
            &text,
            "unsuitable certificate purpose",
            "/CN=localhost",
            cure,
        );
    }
    let mut both = for_clients_only();
    both.extended_key_usages
        .push(ExtendedKeyUsagePurpose::ServerAuth);
    let leaf = signed(both.clone(), &root);
    let own = self_signed(both);
    for (shown, trusted) in [(&leaf, &root), (&own, &own)] {
        let options = options("localhost", trusting(&[trusted]));
        try_tls(&[shown], &shown.key, &options).unwrap();
    }
}

#[test]
fn unknown_extensions() {
    let root = self_signed(authority("Root"));
    let leaf = signed(with_unknown_extension(true), &root);
    let own = self_signed(with_unknown_extension(true));
    for (shown, trusted) in [(&leaf, &root), (&own, &own)] {
        let text = refusal(&[shown], &options("localhost", trusting(&[trusted])));
        let cure = "it demands something that this library does not know";
        says(&text, "unhandled critical extension", "/CN=localhost", cure);
    }
    // Where it is not critical it may say what it likes.
    let leaf = signed(with_unknown_extension(false), &root);
    let own = self_signed(with_unknown_extension(false));
    for (shown, trusted) in [(&leaf, &root), (&own, &own)] {
        let options = options("localhost", trusting(&[trusted]));
        try_tls(&[shown], &shown.key, &options).unwrap();
    }
}

#[test]
fn authorities_with_bounds() {
    let root = self_signed(authority("Root"));
    let bound_to = |name: &str| {
        let mut bounded = authority("Bounded");
        bounded.name_constraints = Some(rcgen::NameConstraints {
            permitted_subtrees: vec![rcgen::GeneralSubtree::DnsName(name.into())],
            excluded_subtrees: Vec::new(),
        });
        signed(bounded, &root)
    };
    let trust = options("localhost", trusting(&[&root]));
    let bounded = bound_to("example.com");
    let leaf = signed(params(&["localhost"]), &bounded);
    let text = refusal(&[&leaf, &bounded], &trust);
    let cure = "an authority above it may not issue for this name";
    says(&text, "permitted subtree violation", "/CN=localhost", cure);
    let bounded = bound_to("localhost");
    let leaf = signed(params(&["localhost"]), &bounded);
    try_tls(&[&leaf, &bounded], &leaf.key, &trust).unwrap();

    let mut last = authority("Last");
    last.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let last = signed(last, &root);
    let more = signed(authority("More"), &last);
    let leaf = signed(params(&["localhost"]), &more);
    let text = refusal(&[&leaf, &more, &last], &trust);
    let cure = "an authority above it may not have authorities below it";
    says(
        &text,
        "path length constraint exceeded",
        "/CN=localhost",
        cure,
    );
}

#[test]
fn another_key_of_the_same_name() {
    let root = self_signed(authority("Root"));
    let forged = self_signed(authority("Root"));
    let leaf = signed(params(&["localhost"]), &forged);
    let text = refusal(&[&leaf], &options("localhost", trusting(&[&root])));
    let cure = "the key of its issuer is another one";
    says(
        &text,
        "certificate signature failure",
        "/CN=localhost",
        cure,
    );
}

/// What `openssl req -x509 -subj /CN=mail` makes: an authority without any other name.
#[test]
fn a_recipe_s_certificate_in_the_store() {
    let own = self_signed(authority("localhost"));
    let trusted = options("localhost", trusting(&[&own]));
    try_tls(&[&own], &own.key, &trusted).unwrap();
    let other = self_signed(authority("localhost"));
    let text = refusal(&[&own], &options("localhost", trusting(&[&other])));
    assert!(text.contains("localhost"), "{text}");
}

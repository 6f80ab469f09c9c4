//! Reading the system's certificates.

use super::*;

#[test]
fn loaded_once_and_shared() {
    let first = Roots::System.store();
    assert!(Arc::ptr_eq(&first, &Roots::System.store()));
    let elsewhere = Roots::SystemAnd("/nonexistent".into()).store();
    assert!(!Arc::ptr_eq(&first, &elsewhere));
    assert_eq!(first.certificates, elsewhere.certificates);
}

#[test]
fn unreadable_certificates_are_left_out() {
    let rubbish = CertificateDer::from(b"rubbish".to_vec());
    let store = TrustStore::from_certificates([rubbish.clone()]);
    assert_eq!(store.anchors.len(), 0);
    assert!(store.contains(&rubbish));
}

/// A fresh directory, gone at the end.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Directory {
        let name = format!("c-client-trust-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Directory(path)
    }

    /// Puts a new certificate there.
    fn certificate(&self, name: &str) -> (PathBuf, CertificateDer<'static>) {
        let params = rcgen::CertificateParams::new(vec![name.to_string()]).unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let der = params.self_signed(&key).unwrap().der().clone();
        let text = crate::sasl::wire::encode(&der);
        let mut pem = "-----BEGIN CERTIFICATE-----\n".to_string();
        for line in text.as_bytes().chunks(64) {
            pem.push_str(std::str::from_utf8(line).unwrap());
            pem.push('\n');
        }
        pem.push_str("-----END CERTIFICATE-----\n");
        let path = self.0.join(name);
        std::fs::write(&path, pem).unwrap();
        (path, der)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn variables_and_the_extra_directory() {
    let (one, two, extra) = (
        Directory::new("one"),
        Directory::new("two"),
        Directory::new("extra"),
    );
    let (file, in_file) = one.certificate("a");
    let (_, in_dir) = two.certificate("b");
    let (_, in_extra) = extra.certificate("c");
    std::fs::write(two.0.join("rubbish"), "no certificate").unwrap();
    let with = |file: Option<&PathBuf>, dirs: Option<&PathBuf>, more: Option<&PathBuf>| {
        let environment = Environment {
            file: file.map(Into::into),
            dirs: dirs.map(Into::into),
        };
        let store = TrustStore::load(&Places::of(&environment, more.map(PathBuf::as_path)));
        let has = [&in_file, &in_dir, &in_extra].map(|der| store.contains(der));
        (has, store.certificates.len())
    };
    let (has, system) = with(None, None, None);
    assert_eq!(has, [false, false, false]);
    assert_eq!(with(None, Some(&two.0), None), ([false, true, false], 1));
    assert_eq!(
        with(Some(&file), Some(&two.0), None),
        ([true, true, false], 2)
    );
    assert_eq!(
        with(Some(&file), Some(&two.0), Some(&extra.0)),
        ([true, true, true], 3)
    );
    let (has, _) = with(None, None, Some(&extra.0));
    assert_eq!(has, [false, false, true]);
    // The file does not put the system's directory out of force.
    let (has, size) = with(Some(&file), None, None);
    assert_eq!(has, [true, false, false]);
    if system > 0 && Path::new(USUAL_DIRECTORY).is_dir() {
        assert!(size > 1, "{size}");
    }
    let nowhere = PathBuf::from("/nonexistent");
    assert_eq!(
        with(Some(&nowhere), Some(&nowhere), Some(&nowhere)),
        ([false; 3], 0)
    );
}

#[test]
fn read_again_when_the_files_change() {
    let cache = Cache(Mutex::default());
    let place = Directory::new("change");
    let (file, first) = place.certificate("a");
    let elsewhere = Directory::new("change-dir");
    let places = Places {
        file: Some(file.clone()),
        directories: vec![elsewhere.0.clone()],
    };
    let old = cache.read(&places);
    assert!(old.contains(&first));
    assert!(Arc::ptr_eq(&old, &cache.read(&places)));
    // The file is replaced, as administrators' tools do.
    let (next, second) = place.certificate("b");
    std::fs::rename(next, &file).unwrap();
    let new = cache.read(&places);
    assert!(new.contains(&second) && !new.contains(&first));
    assert!(Arc::ptr_eq(&new, &cache.read(&places)));
    // A file appears in the directory.
    let (_, third) = elsewhere.certificate("c");
    let new = cache.read(&places);
    assert!(new.contains(&second) && new.contains(&third));
    assert!(Arc::ptr_eq(&new, &cache.read(&places)));
    // All gone: nobody is trusted any more.
    std::fs::remove_file(&file).unwrap();
    std::fs::remove_dir_all(&elsewhere.0).unwrap();
    assert!(cache.read(&places).is_empty());
    // Who began with a store keeps it.
    assert!(old.contains(&first));
    std::fs::create_dir(&elsewhere.0).unwrap();
}

#[test]
fn few_stores_are_kept() {
    let cache = Cache(Mutex::default());
    for index in 0..3 * TRUST_STORES {
        cache.read(&Places {
            file: None,
            directories: vec![format!("/nonexistent/{index}").into()],
        });
    }
    assert!(cache.0.lock().unwrap().len() <= TRUST_STORES);
}

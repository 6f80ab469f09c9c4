use super::*;

struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Dir {
        let path = std::env::temp_dir().join(format!("vmimap-spool-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a directory");
        Dir(path)
    }

    fn put(&self, name: &str, text: &[u8]) -> PathBuf {
        let file = self.0.join(name);
        fs::write(&file, text).expect("a file");
        file
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const TEXT: &str = ";\n; Message Information file\n;\n[message]\norigmailbox=100\ncontext=from-sip\nexten=100\nrdnis=unknown\n\
priority=2\ncallerchan=PJSIP/200-00000001\ncallerid=\"Bob \\; Co\" <200>\norigdate=Wed Nov 25 11:21:52 PM UTC 2026\n\
origtime=1795648912\ncategory=\nmsg_id=1795648912-00000001\nflag=Urgent\nduration=5\n";

#[test]
fn a_message_is_read_and_written() {
    let dir = Dir::new("info");
    let info = Info::read(&dir.put("msg0000.txt", TEXT.as_bytes())).expect("a message");
    assert_eq!(info.get("callerid"), "\"Bob ; Co\" <200>");
    assert_eq!(
        (info.get("flag"), info.get("duration"), info.get("nothing")),
        ("Urgent", "5", "")
    );
    assert_eq!(info.time(), Some(1_795_648_912));
    let again = dir.put("msg0001.txt", info.text("key").as_bytes());
    assert_eq!(Info::read(&again).expect("a message"), info);
    assert_eq!(key(info.text("<a@b>").as_bytes()).as_deref(), Some("<a@b>"));
    assert_eq!(key(TEXT.as_bytes()), None);
    assert!(Info::read(&dir.put("msg0002.txt", b"[other]\na=1\n")).is_err());
    assert!(Info::read(&dir.put("msg0003.txt", b"")).is_err());
    assert!(Info::read(&dir.0.join("msg0004.txt")).is_err());
}

#[test]
fn callers_are_told_apart() {
    for (text, name, number) in [
        ("\"Bob\" <200>", "Bob", "200"),
        ("Bob <+49 30>", "Bob", "+49 30"),
        ("<200>", "", "200"),
        ("200", "", "200"),
        ("Unknown", "Unknown", ""),
        ("", "", ""),
        ("\"A <b>\" <1>", "A <b>", "1"),
        ("broken <1", "broken <1", ""),
    ] {
        assert_eq!(caller(text), (name.to_owned(), number.to_owned()), "{text}");
    }
}

#[test]
fn messages_are_found_by_number() {
    let dir = Dir::new("entries");
    for name in [
        "msg0010.txt",
        "msg0002.txt",
        "msg0002.wav",
        "msg002.txt",
        "msgintro0002.txt",
        "msg00x3.txt",
        "msg12345.txt",
    ] {
        dir.put(name, b"");
    }
    let numbers: Vec<u32> = entries(&dir.0)
        .expect("a folder")
        .iter()
        .map(|e| e.number)
        .collect();
    assert_eq!(numbers, [2, 10, 12_345]);
    assert!(
        entries(&dir.0.join("nothing"))
            .expect("no folder")
            .is_empty()
    );
    let entry = &entries(&dir.0).expect("a folder")[0];
    assert!(entry.text_file().ends_with("msg0002.txt"));
}

#[test]
fn the_first_format_is_taken() {
    let dir = Dir::new("formats");
    for (name, text) in [
        ("msg0000.gsm", "g"),
        ("msg0000.WAV", "W"),
        ("msg0000.wav", "w"),
        ("msg0000.txt", "t"),
        ("msg0001.txt", "t"),
        ("msg00001.wav", "x"),
    ] {
        dir.put(name, text.as_bytes());
    }
    let stem = dir.0.join("msg0000");
    let take = |formats: &str| {
        let (found, all) = recording(&stem, formats)
            .expect("a folder")
            .expect("a recording");
        (found.format, found.octets, all)
    };
    assert_eq!(take("wav49|gsm"), ("WAV".to_owned(), b"W".to_vec(), 3));
    assert_eq!(take("ulaw|gsm"), ("gsm".to_owned(), b"g".to_vec(), 3));
    assert_eq!(take("ulaw"), ("WAV".to_owned(), b"W".to_vec(), 3));
    assert_eq!(
        recording(&dir.0.join("msg0001"), "wav").expect("a folder"),
        None
    );
}

#[test]
fn files_are_whole_or_not_there() {
    let dir = Dir::new("write");
    let file = dir.0.join("msg0000.wav");
    dir.put(".vmimap-msg0000.wav", b"half");
    write_new(&file, b"whole").expect("room");
    assert_eq!(fs::read(&file).expect("a file"), b"whole");
    assert!(write_new(&file, b"other").is_err());
    assert_eq!(fs::read(&file).expect("a file"), b"whole");
    assert_eq!(fs::read_dir(&dir.0).expect("a folder").count(), 1);
}

#[test]
fn boxes_stay_in_the_spool() {
    let spool = Path::new("/spool");
    assert_eq!(
        directory(spool, "default", "100"),
        Some(PathBuf::from("/spool/default/100"))
    );
    for (context, number) in [
        ("..", "1"),
        ("a", ".."),
        ("", "1"),
        ("a/b", "1"),
        ("a", "/etc"),
    ] {
        assert_eq!(directory(spool, context, number), None);
    }
}

#[test]
fn links_lead_nowhere() {
    let dir = Dir::new("links");
    let outside = dir.put("outside", TEXT.as_bytes());
    std::os::unix::fs::symlink(&outside, dir.0.join("msg0000.txt")).expect("a link");
    std::os::unix::fs::symlink(&outside, dir.0.join("msg0000.wav")).expect("a link");
    assert!(Info::read(&dir.0.join("msg0000.txt")).is_err());
    assert!(recording(&dir.0.join("msg0000"), "wav").is_err());
}

use super::*;

/// A directory of files that is gone after the test.
struct Etc(PathBuf);

impl Etc {
    fn new(name: &str, files: &[(&str, &str)]) -> Etc {
        let path = std::env::temp_dir().join(format!("vmimap-conf-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        for (name, text) in files {
            let file = path.join(name);
            fs::create_dir_all(file.parent().expect("a directory")).expect("a directory");
            fs::write(file, text).expect("a file");
        }
        Etc(path)
    }

    fn read(&self) -> Conf {
        Conf::read(&self.0.join("voicemail.conf"), &self.0).expect("a file")
    }
}

impl Drop for Etc {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn read(name: &str, text: &str) -> Conf {
    Etc::new(name, &[("voicemail.conf", text)]).read()
}

fn pairs(conf: &Conf, section: &str) -> Vec<(String, String)> {
    let section = conf.section(section).expect("the section");
    section
        .variables
        .iter()
        .map(|v| (v.name.clone(), v.value.clone()))
        .collect()
}

fn of(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
        .collect()
}

#[test]
fn assignments_in_all_forms() {
    let conf = read(
        "forms",
        "\u{feff}[general]\r\nformat = wav49|gsm \r\n  a=>b\nc =  > d\n e => f = g\nempty=\n\\#odd = 1\nx += 1\nx += 2\n = 5\nnothing\n",
    );
    let expected = of(&[
        ("format", "wav49|gsm"),
        ("a", "b"),
        ("c", "> d"),
        ("e", "f = g"),
        ("empty", ""),
        ("#odd", "1"),
        ("x", "1 2"),
    ]);
    assert_eq!(pairs(&conf, "general"), expected);
    let notes: Vec<_> = conf.notes.iter().map(|n| (n.place.line, n.fatal)).collect();
    assert_eq!(notes, [(10, false), (11, false)]);
    let places: Vec<_> = conf.sections[0]
        .variables
        .iter()
        .map(|v| v.place.line)
        .collect();
    assert_eq!(places, [2, 3, 4, 5, 6, 7, 9]);
}

#[test]
fn comments_in_all_forms() {
    let conf = read(
        "comments",
        "[general] ; first\n; a = 0\na = 1;2\nb = 1\\;2 ; 3\nc = \\;\\;\n;-- x = 1\nx = 2\n--; y = 3\nd = 1 ;-- inner --; 2\n\
         ;--- only a line\ne = 5\n;-- one ;-- two --; f = 6\n--;\ng = 7\nh = \\;-- 8\n",
    );
    let expected = of(&[
        ("a", "1"),
        ("b", "1;2"),
        ("c", ";;"),
        ("y", "3"),
        ("d", "1  2"),
        ("e", "5"),
        ("g", "7"),
        ("h", ";-- 8"),
    ]);
    assert_eq!(pairs(&conf, "general"), expected);
    assert!(conf.notes.is_empty(), "{:?}", conf.notes);
}

#[test]
fn comments_that_do_not_fit_together_are_said() {
    let conf = read("unended", "[general]\na = 1\n;-- b = 2\nc = 3\n");
    assert_eq!(pairs(&conf, "general"), of(&[("a", "1")]));
    assert_eq!(conf.notes.len(), 1);
    let conf = read("unbegun", "[general]\na = 1\nb = 2 --;\nc = 3\n");
    assert_eq!(pairs(&conf, "general")[0], ("a".to_owned(), "1".to_owned()));
    assert_eq!(conf.sections[0].get("c").map(|v| v.value.as_str()), None);
    assert_eq!(conf.notes.len(), 1);
}

#[test]
fn templates_are_inherited_and_the_first_value_counts() {
    let conf = read(
        "templates",
        "[base](!)\na = 1\nb = 2\n[more](!,base)\nc = 3\n[general](more)\na = 4\nd = 5\n[general](+)\ne = 6\n[general]\nf = 7\n",
    );
    let general = conf.section("GENERAL").expect("the section");
    let value = |name: &str| general.get(name).map(|v| v.value.as_str());
    // As in Asterisk: what is inherited stands first, and counts.
    assert_eq!(value("a"), Some("1"));
    assert_eq!(
        (value("B"), value("c"), value("d"), value("e")),
        (Some("2"), Some("3"), Some("5"), Some("6"))
    );
    assert_eq!(value("f"), None);
    assert_eq!(general.get("a").map(|v| v.place.line), Some(2));
    assert!(conf.section("base").is_none());
    assert!(conf.notes.is_empty());
}

#[test]
fn what_asterisk_refuses_is_fatal() {
    for text in [
        "a = 1\n",
        "[general\n",
        "[x](y)\n",
        "[x](+)\n",
        "[x](!\n",
        "[general]\n#include nowhere.conf\n",
    ] {
        let conf = read("refused", text);
        assert_eq!(
            conf.notes.iter().filter(|n| n.fatal).count(),
            1,
            "{text}: {:?}",
            conf.notes
        );
    }
    for text in [
        "[general]\n#tryinclude nowhere.conf\na = 1\n",
        "[general]\n#exec /bin/true\na = 1\n",
        "[general]\n#frob x\na = 1\n",
        "[general]\n#include\na=1\n",
    ] {
        let conf = read("taken", text);
        assert!(
            conf.notes.iter().all(|n| !n.fatal),
            "{text}: {:?}",
            conf.notes
        );
        assert_eq!(pairs(&conf, "general"), of(&[("a", "1")]));
    }
}

#[test]
fn files_are_included_by_name_and_pattern() {
    let etc = Etc::new(
        "includes",
        &[
            (
                "voicemail.conf",
                "[general]\na = 1\n#include \"more.conf\"\nb = 2\n#include <boxes/*.conf>\n[last]\nz = 9\n",
            ),
            ("more.conf", "m = 5\n[other]\no = 6\n"),
            ("boxes/1.conf", "[default]\n100 => 1,A\n"),
            ("boxes/2.conf", "200 => 2,B\n"),
            ("boxes/ignored.txt", "300 => 3,C\n"),
        ],
    );
    let conf = etc.read();
    // The section goes on in the file that is included, and behind it as if that had begun none.
    assert_eq!(
        pairs(&conf, "general"),
        of(&[("a", "1"), ("m", "5"), ("b", "2")])
    );
    assert_eq!(
        pairs(&conf, "default"),
        of(&[("100", "1,A"), ("200", "2,B")])
    );
    let place = &conf.section("default").expect("it").variables[1].place;
    assert!(place.to_string().ends_with("boxes/2.conf:1"), "{place}");
    assert!(conf.notes.is_empty(), "{:?}", conf.notes);
}

#[test]
fn a_file_that_includes_itself_ends() {
    let etc = Etc::new(
        "loop",
        &[(
            "voicemail.conf",
            "[general]\na = 1\n#include voicemail.conf\n",
        )],
    );
    let conf = etc.read();
    assert!(conf.notes.iter().any(|note| note.fatal));
    assert_eq!(conf.sections.len(), INCLUDE_DEPTH);
}

#[test]
fn no_text_is_too_odd_to_be_read() {
    // Pieces that mean something, in an order that nobody thought of.
    let pieces = [
        "[a]",
        "[a](!)",
        "[b](a)",
        "(+)",
        ";--",
        "--;",
        ";",
        "\\;",
        "\\",
        "=",
        "=>",
        "+=",
        "x",
        "\n",
        " ",
        "#include ",
        "#exec ",
        "ž",
        "\0",
        "]",
        "[",
    ];
    let mut state = 1_u32;
    let mut draw = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        usize::try_from(state >> 16).expect("small")
    };
    for _ in 0..3_000 {
        let text: String = (0..draw() % 40)
            .map(|_| pieces[draw() % pieces.len()])
            .collect();
        let mut reader = Reader {
            conf: Conf::default(),
            etc: PathBuf::from("/nonexistent"),
            current: None,
        };
        reader.file(Path::new("x.conf"), text.as_bytes(), 0);
        for section in &reader.conf.sections {
            for variable in &section.variables {
                assert!(!variable.name.is_empty(), "{text:?}");
                assert!(!variable.value.contains('\n'), "{text:?}");
            }
        }
    }
}

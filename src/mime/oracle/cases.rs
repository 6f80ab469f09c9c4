//! Generated mail: mostly sensible, never quite.

use crate::limits;

/// One question to both parsers.
pub(super) enum Case {
    AddressList(Vec<u8>),
    Message {
        header: Vec<u8>,
        text: Vec<u8>,
    },
    Filter {
        header: Vec<u8>,
        names: Vec<Vec<u8>>,
        not: bool,
    },
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Case::AddressList(text) => write!(f, "A \"{}\"", text.escape_ascii()),
            Case::Message { header, text } => {
                write!(
                    f,
                    "M \"{}\" \"{}\"",
                    header.escape_ascii(),
                    text.escape_ascii()
                )
            }
            Case::Filter { header, names, not } => {
                write!(f, "F \"{}\" not={not}", header.escape_ascii())?;
                names
                    .iter()
                    .try_for_each(|name| write!(f, " \"{}\"", name.escape_ascii()))
            }
        }
    }
}

impl Case {
    /// The case as `rfc822_dump` reads it.
    pub(super) fn encode(&self) -> Vec<u8> {
        match self {
            Case::AddressList(text) => [format!("A {}\n", text.len()).as_bytes(), text].concat(),
            Case::Message { header, text } => [
                format!("M {} {}\n", header.len(), text.len()).as_bytes(),
                header,
                text,
            ]
            .concat(),
            Case::Filter { header, names, not } => {
                let names: Vec<u8> = names
                    .iter()
                    .flat_map(|name| std::iter::once(b'\n').chain(name.iter().copied()))
                    .collect();
                let line = format!("F {} {} {}\n", header.len(), names.len(), u8::from(*not));
                [line.as_bytes(), header, &names].concat()
            }
        }
    }

    /// Whether UW's answer is ours and the octet behind its buffer: so it ends a header that it filters without
    /// dropping a line, if that does not end with LF.
    pub(super) fn has_one_octet_too_many(&self, ours: &[String], theirs: &[String]) -> bool {
        let Case::Filter { header, .. } = self else {
            return false;
        };
        let extended = |line: &String| line.strip_suffix('"').map(|line| line.to_owned() + "%0A\"");
        header.last() != Some(&b'\n')
            && ours
                .iter()
                .map(extended)
                .eq(theirs.iter().cloned().map(Some))
    }
}

/// splitmix64, and what it composes.
pub(super) struct Generator {
    state: u64,
}

const TOKENS: &[&str] = &[
    "a",
    "bob",
    "Alice",
    "x.y",
    "host.example",
    "\"q \\\" q\"",
    "\"q\\\\\"",
    "\"",
    "\\",
    "\\a",
    " ",
    " ",
    " ",
    "\t",
    "\r\n ",
    "\n",
    "@",
    "@",
    "@",
    "<",
    ">",
    ",",
    ",",
    ",",
    ";",
    ":",
    ".",
    ".",
    "(c)",
    "( n (m) )",
    "(",
    ")",
    "(a\\)b)",
    "[1.2.3.4]",
    "[",
    "]",
    "[]",
    " at ",
    " AT(",
    "\x1b$B<@,>\x1b(B",
    "\x1b(J",
    "\x1b$B",
    "=?UTF-8?Q?a?=",
    "=",
    "/",
];

const HEADER_NAMES: &[&str] = &[
    "From",
    ">From",
    "To",
    "cc",
    "BCC",
    "Sender",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Newsgroups",
    "Followup-To",
    "Return-Path",
    "MIME-Version",
    "Content-Type",
    "Content-ID",
    "Content-Description",
    "Content-Disposition",
    "Content-Language",
    "Content-Location",
    "Content-MD5",
    "Content-Transfer-Encoding",
    "content-type",
    "Content-Typo",
    "ReSent-From",
    "X-Odd ",
    "Subject  ",
    "",
];

const TYPES: &[&str] = &[
    "text/plain",
    "TEXT/html",
    "text",
    "multipart/mixed",
    "multipart/digest",
    "Multipart/alternative",
    "message/rfc822",
    "message/rfc822",
    "message/partial",
    "application/octet-stream",
    "audio/x-wav",
    "image/png",
    "video",
    "new/type",
    "other / sub",
    "text/",
    "/plain",
    "\"text\"/\"plain\"",
    "multipart/mixed",
    "multipart/mixed",
    "text(c)/plain",
];

const ENCODINGS: &[&str] = &[
    "7bit",
    "8BIT",
    "binary",
    "Base64",
    "quoted-printable",
    "x-uuencode",
    "x-1",
    "x-2",
    "",
];

const PARAMETERS: &[&str] = &[
    "charset=us-ascii",
    "charset=\"utf-8\"",
    "name=\"a b.wav\"",
    "name*0*=utf-8''a",
    "format = flowed",
    "x",
    "x=",
    "=y",
    "",
    "name=\"open",
    "x=(c) y",
    "x=\"\"",
    "(c)",
    "; ;",
    "a=b c",
];

impl Generator {
    pub(super) fn new(seed: u64) -> Self {
        Generator { state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap_or(0)
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick(&mut self, list: &[&'static str]) -> &'static [u8] {
        list[self.below(list.len())].as_bytes()
    }

    /// Now and then changes, drops or doubles an octet.
    fn mutate(&mut self, text: &mut Vec<u8>) {
        for _ in 0..3 {
            if text.is_empty() || !self.chance(12) {
                continue;
            }
            let at = self.below(text.len());
            match self.below(4) {
                0 => text[at] = u8::try_from(self.below(256)).unwrap_or(0),
                1 => drop(text.remove(at)),
                2 => text.insert(at, text[at]),
                _ => text.truncate(at),
            }
        }
    }

    fn soup(&mut self, most: usize) -> Vec<u8> {
        let count = self.below(most + 1);
        (0..count)
            .flat_map(|_| self.pick(TOKENS).iter().copied())
            .collect()
    }

    fn mailbox(&mut self, text: &mut Vec<u8>) {
        const WORDS: &[&str] = &[
            "a",
            "b c",
            "\"d, e\"",
            "f.g",
            "\"h\\\"i\"",
            "j . k",
            "(l) m",
            "n (o) p",
            "\x1b$B<\x1b(B",
        ];
        const HOSTS: &[&str] = &[
            "h",
            "h.example",
            "[1.2.3.4]",
            "h . example",
            "h . [5] .x",
            "h . [\"5\\\\\\\\6] . [\"\\\\7]",
            "\"h\\\\\\\"\"",
            "a .\"b\\\\\\\"c\" . \"d\\\\\\\\\\\\\\\"e\"",
            "",
        ];
        const FORMS: usize = 7;
        match self.below(FORMS) {
            0 => text.extend(self.pick(WORDS)),
            1 | 2 => {
                text.extend(self.pick(WORDS));
                text.push(b'@');
                text.extend(self.pick(HOSTS));
            }
            3 | 4 => {
                text.extend(self.pick(WORDS));
                text.extend(b" <");
                if self.chance(30) {
                    text.extend(b"@r.s , @");
                    text.extend(self.pick(HOSTS));
                    text.extend(b":");
                }
                text.extend(self.pick(WORDS));
                text.push(b'@');
                text.extend(self.pick(HOSTS));
                text.push(b'>');
            }
            5 => {
                text.extend(self.pick(WORDS));
                text.extend(b" at ");
                text.extend(self.pick(HOSTS));
                text.extend(b"  ( A  B )  ");
            }
            _ => text.extend(self.soup(4)),
        }
    }

    /// Octets of an alphabet in any order.
    fn octets(&mut self, alphabet: &[u8], most: usize) -> Vec<u8> {
        let count = self.below(most + 1);
        (0..count)
            .map(|_| alphabet[self.below(alphabet.len())])
            .collect()
    }

    fn addresses(&mut self) -> Vec<u8> {
        match self.below(10) {
            0..3 => return self.soup(12),
            3 | 4 => return self.octets(b"at  ()<>@@,;:.\"[]\\", 12),
            _ => {}
        }
        let mut text = Vec::new();
        let count = 1 + self.below(4);
        let mut open = 0;
        for _ in 0..count {
            if self.chance(20) {
                text.extend(b"group (x) :");
                open += 1;
            }
            self.mailbox(&mut text);
            if open > 0 && self.chance(50) {
                text.push(b';');
                open -= 1;
            }
            text.extend(self.pick(&[", ", ",", ",", ",,", " ", ";", ",\r\n\t"]));
        }
        if self.chance(10) {
            text.extend(b" .x".repeat(self.below(limits::DOMAIN_COMPLAINTS)));
        }
        text
    }

    pub(super) fn address_list(&mut self) -> Case {
        let mut text = self.addresses();
        self.mutate(&mut text);
        Case::AddressList(text)
    }

    fn line_end(&mut self) -> &'static [u8] {
        self.pick(&["\r\n", "\r\n", "\r\n", "\n", "\n", "\r"])
    }

    fn content_type(&mut self, value: &mut Vec<u8>, boundary: &[u8]) {
        value.extend(self.pick(TYPES));
        if self.chance(50) {
            value.extend(b"; Boundary=\"");
            value.extend(boundary);
            value.push(b'"');
        }
        while self.chance(30) {
            value.push(b';');
            value.extend(self.pick(PARAMETERS));
        }
    }

    fn header_line(&mut self, boundary: &[u8]) -> Vec<u8> {
        let name = self.pick(HEADER_NAMES);
        let mut value = Vec::new();
        match name.to_ascii_lowercase().as_slice() {
            b"content-type" => self.content_type(&mut value, boundary),
            b"content-transfer-encoding" => value.extend(self.pick(ENCODINGS)),
            b"content-language" => {
                value.extend(self.pick(&["en, de", "en", "(x) en , fr (y) z", "\"q\",", ""]))
            }
            b"content-disposition" => {
                value.extend(self.pick(&["attachment", "INLINE (x)", "", "\"form data\""]));
                while self.chance(40) {
                    value.push(b';');
                    value.extend(self.pick(PARAMETERS));
                }
            }
            b"mime-version" => {
                value.extend(self.pick(&["1.0", "1.0 (x)", "(x)1.0", "2.0", "RFC-XXXX", ""]))
            }
            b"from" | b">from" | b"to" | b"cc" | b"bcc" | b"sender" | b"reply-to" => {
                value = self.addresses()
            }
            _ => value = self.soup(6),
        }
        if self.chance(10) {
            value = self.octets(b"ab  ()=;;\"/\\,:", 10);
        }
        let colon = if self.chance(95) { &b": "[..] } else { b"" };
        [name, colon, &value].concat()
    }

    fn header(&mut self, most: usize, boundary: &[u8]) -> Vec<u8> {
        let mut header = Vec::new();
        if self.chance(40) {
            header.extend(b"MIME-Version: 1.0\r\n");
        }
        for _ in 0..self.below(most + 1) {
            header.extend(self.header_line(boundary));
            header.extend(self.line_end());
        }
        if self.chance(60) {
            header.extend(b"Content-Type: ");
            self.content_type(&mut header, boundary);
            header.extend(self.line_end());
        }
        header
    }

    fn text(&mut self, boundary: &[u8], depth: usize) -> Vec<u8> {
        const LINES: &[&str] = &[
            "hello",
            "",
            "\x1b$B<\x1b(B",
            "caf\u{e9}",
            "--",
            "-",
            "---",
            "\x1b\x1b$B",
            "\x1b$@",
            "\x1b@ x",
            " indented",
            "From: b@c",
        ];
        const INNER: &[&str] = &["b", "cc", "b-", "", "b b"];
        let mut text = Vec::new();
        let parts = self.below(4);
        for _ in 0..parts {
            for _ in 0..self.below(3) {
                text.extend(self.pick(LINES));
                text.extend(self.line_end());
            }
            text.extend(b"--");
            text.extend(boundary);
            text.extend(self.pick(&["", "", "", "", " ", " \t", "--", "x", "-", "--x"]));
            text.extend(self.line_end());
            if self.chance(70) {
                let inner = self.pick(INNER);
                text.extend(self.header(3, inner));
                text.extend(self.line_end());
                if depth > 0 {
                    text.extend(self.text(inner, depth - 1));
                }
            }
        }
        if self.chance(70) {
            text.extend(b"--");
            text.extend(boundary);
            text.extend(b"--\r\n");
        }
        text
    }

    pub(super) fn message(&mut self) -> Case {
        let boundary = self.pick(&["b", "bound ary", "-", "", "b--", "aa"]);
        let mut header = self.header(8, boundary);
        if self.chance(50) {
            header.extend(b"\r\n");
        }
        let mut text = match self.below(100) {
            0..3 => self.nested(),
            3..20 => self.octets(b"-----bb \t\r\n\n", 60),
            _ => self.text(boundary, 3),
        };
        self.mutate(&mut header);
        self.mutate(&mut text);
        Case::Message { header, text }
    }

    /// Parts in parts in messages, up to twice as deep as is read; what is said inside is wild.
    pub(super) fn nested(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        for level in 0..self.below(100) {
            if self.chance(50) {
                text.extend(b"Content-Type: message/rfc822\r\n\r\n");
            } else {
                let line = format!(
                    "Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n"
                );
                text.extend(line.as_bytes());
            }
            while self.chance(20) {
                text.extend(self.header_line(b"b"));
                text.extend(self.line_end());
            }
        }
        for _ in 0..self.below(20) {
            text.extend(self.soup(5));
            text.extend(self.line_end());
        }
        while self.chance(80) {
            self.mutate(&mut text);
        }
        text
    }

    pub(super) fn filter(&mut self) -> Case {
        let mut header = self.header(10, b"b");
        self.mutate(&mut header);
        let count = self.below(5);
        let names = (0..count)
            .map(|_| self.pick(HEADER_NAMES).to_vec())
            .collect();
        Case::Filter {
            header,
            names,
            not: self.chance(50),
        }
    }
}

//! `voicemail.conf` as `app_voicemail` with IMAP storage understands it: directives, defaults, boxes.

use std::fmt;
use std::path::{Path, PathBuf};

use c_client::mailbox_name::{NameError, NetMbx};
use c_client::transport::Timeouts;

use crate::conf::{Conf, Note, Place, Section};

/// A value and the line it comes from; no line: Asterisk's default.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// The value.
    pub value: String,
    /// Where it stands.
    pub place: Option<Place>,
}

impl Setting {
    fn or_default(section: Option<&Section>, name: &str, default: &str) -> Setting {
        section.and_then(|s| s.get(name)).map_or_else(
            || Setting {
                value: default.to_owned(),
                place: None,
            },
            |variable| Setting {
                value: variable.value.clone(),
                place: Some(variable.place.clone()),
            },
        )
    }

    /// Whether there is a value.
    pub fn is_set(&self) -> bool {
        !self.value.is_empty()
    }
}

/// A password, which no output shows.
#[derive(Clone, Default)]
pub struct Password {
    value: String,
    /// Where it stands.
    pub place: Option<Place>,
}

impl Password {
    /// The password itself.
    pub fn reveal(&self) -> &str {
        &self.value
    }

    /// Whether there is one.
    pub fn is_set(&self) -> bool {
        !self.value.is_empty()
    }
}

impl From<Setting> for Password {
    fn from(setting: Setting) -> Self {
        Password {
            value: setting.value,
            place: setting.place,
        }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_set() { "<hidden>" } else { "<none>" })
    }
}

/// `[general]`, as far as it matters here.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "each is the directive of its name")]
pub struct General {
    pub imapserver: Setting,
    pub imapport: Setting,
    pub imapflags: Setting,
    pub imapfolder: Setting,
    pub imapparentfolder: Setting,
    pub imapgreetings: bool,
    pub greetingsfolder: Setting,
    pub authuser: Setting,
    pub authpassword: Password,
    pub expungeonhangup: bool,
    pub pollmailboxes: bool,
    pub format: Setting,
    pub maxmsg: Setting,
    pub fromstring: Setting,
    pub serveremail: Setting,
    pub timeouts: [u32; 4],
}

/// A box.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "each is the directive of its name")]
pub struct Mailbox {
    pub context: String,
    pub number: String,
    /// The line of the box.
    pub place: Option<Place>,
    pub name: String,
    pub email: String,
    pub imapuser: Setting,
    pub imappassword: Password,
    pub imapserver: Setting,
    pub imapport: Setting,
    pub imapflags: Setting,
    pub imapfolder: Setting,
    pub imapvmshareid: Setting,
    pub maxmsg: Setting,
    pub serveremail: Setting,
    pub fromstring: Setting,
}

impl Mailbox {
    /// `100@default`.
    pub fn id(&self) -> String {
        format!("{}@{}", self.number, self.context)
    }

    /// What stands in `X-Asterisk-VM-Extension`.
    pub fn extension(&self) -> &str {
        if self.imapvmshareid.is_set() {
            &self.imapvmshareid.value
        } else {
            &self.number
        }
    }
}

/// The whole of it.
#[derive(Clone, Debug, Default)]
pub struct Voicemail {
    /// `[general]`.
    pub general: General,
    /// In the order of the file.
    pub mailboxes: Vec<Mailbox>,
    /// What is wrong with the files.
    pub notes: Vec<Note>,
    /// `searchcontexts`: a number is there once, whatever the context.
    searchcontexts: bool,
}

/// Patches of `asterisk-patch/` that make a difference here. Which Asterisk will read the configuration is not known.
pub mod patch {
    /// `DOMAIN/user`, and room for tokens.
    pub const QUOTE: &str = "Quote the name of an IMAP user, and take long passwords";
    /// Passwords are looked up by user, server and port.
    pub const APART: &str = "Know the mailboxes of one user name at two servers apart";
    /// Lamps without polling.
    pub const LIGHTS: &str = "Have lights follow the mailbox at once, where the server tells";
    /// Sees the messages of its own number only.
    pub const NUMBERS: &str = "Tell mailbox 100 from 1001 in one IMAP account";
    /// Lets the marks of others be.
    pub const EXPUNGE: &str = "Expunge the messages that were deleted, not those of others";
    /// Saves to Work with a parent.
    pub const BELOW: &str = "Save messages to folders below imapparentfolder";
}

/// Directives with a buffer of so many characters in Asterisk, and in one with the patch [`patch::QUOTE`]; longer values
/// are cut.
const ROOM: [(&str, usize, usize); 13] = [
    ("imapserver", 47, 47),
    ("imapport", 7, 7),
    ("imapflags", 127, 127),
    ("imapfolder", 63, 63),
    ("imapparentfolder", 63, 63),
    ("greetingsfolder", 63, 63),
    ("greetingfolder", 63, 63),
    ("authuser", 31, 79),
    ("authpassword", 41, 1023),
    ("imapuser", 79, 79),
    ("imappassword", 79, 1023),
    ("imapsecret", 79, 1023),
    ("imapvmshareid", 79, 79),
];

/// What Asterisk takes for yes.
fn is_true(value: &str) -> bool {
    ["yes", "true", "y", "t", "1", "on"]
        .iter()
        .any(|yes| value.eq_ignore_ascii_case(yes))
}

fn is_false(value: &str) -> bool {
    ["no", "false", "n", "f", "0", "off"]
        .iter()
        .any(|no| value.eq_ignore_ascii_case(no))
}

impl Voicemail {
    /// Reads `voicemail.conf`; what it includes is looked for in `etc`.
    ///
    /// # Errors
    /// In words, when the file cannot be read, or Asterisk would not take it.
    pub fn read(file: &Path, etc: Option<&Path>) -> Result<Voicemail, String> {
        let beside = || {
            file.parent()
                .map_or_else(|| PathBuf::from("."), Path::to_path_buf)
        };
        let conf = Conf::read(file, &etc.map_or_else(beside, Path::to_path_buf))?;
        if let Some(note) = conf.notes.iter().find(|note| note.fatal) {
            return Err(format!("{}: {}", note.place, note.text));
        }
        Ok(Voicemail::of(&conf))
    }

    /// Makes sense of a file.
    pub fn of(conf: &Conf) -> Voicemail {
        let section = conf.section("general");
        let mut notes = conf.notes.clone();
        let mut sections = conf.sections.iter().filter(|s| !s.template);
        let generals = sections
            .by_ref()
            .filter(|s| s.name.eq_ignore_ascii_case("general"));
        for other in generals.skip(1) {
            notes.push(Note {
                place: other.place.clone(),
                text: "a second [general]: Asterisk does not look into it; write [general](+)"
                    .to_owned(),
                fatal: false,
            });
        }
        for (name, ..) in ROOM {
            if let Some(found) = section.and_then(|s| s.get(name)) {
                notes.extend(cut(name, &found.value, &found.place));
            }
        }
        let mut voicemail = Voicemail {
            general: general(section),
            mailboxes: Vec::new(),
            notes,
            searchcontexts: is_true(&Setting::or_default(section, "searchcontexts", "no").value),
        };
        let aliases = section
            .and_then(|s| s.get("aliasescontext"))
            .map(|v| v.value.clone());
        for section in conf.sections.iter().filter(|s| !s.template) {
            let name = section.name.as_str();
            let is = |other: &str| name.eq_ignore_ascii_case(other);
            if is("general") || is("zonemessages") || aliases.as_deref().is_some_and(is) {
                continue;
            }
            for variable in &section.variables {
                voicemail.add(name, &variable.name, &variable.value, &variable.place);
            }
        }
        voicemail
    }

    fn add(&mut self, context: &str, number: &str, value: &str, place: &Place) {
        let mut ignored = |text: String| {
            self.notes.push(Note {
                place: place.clone(),
                text,
                fatal: false,
            });
        };
        if number.starts_with('*') {
            return ignored(format!(
                "{number} begins with *: Asterisk ignores this mailbox"
            ));
        }
        let known = self.mailboxes.iter().find(|m| {
            m.number.eq_ignore_ascii_case(number)
                && (self.searchcontexts || m.context.eq_ignore_ascii_case(context))
        });
        if let Some(known) = known {
            return ignored(format!(
                "{number}@{context} is ignored by Asterisk: {} was there before",
                known.id()
            ));
        }
        self.mailboxes.push(Mailbox {
            context: context.to_owned(),
            number: number.to_owned(),
            ..Mailbox::default()
        });
        let index = self.mailboxes.len() - 1;
        let Voicemail {
            mailboxes, notes, ..
        } = self;
        let mailbox = &mut mailboxes[index];
        mailbox.place = Some(place.clone());
        let mut parts = value.splitn(5, ',');
        parts.next();
        mailbox.name = parts.next().unwrap_or_default().trim().to_owned();
        mailbox.email = parts.next().unwrap_or_default().trim().to_owned();
        parts.next();
        for option in parts.next().unwrap_or_default().split('|') {
            if let Some((name, value)) = option.split_once('=') {
                mailbox.option(name, value, place, notes);
            }
        }
    }

    /// Boxes of these names (`100@default`, `100`, `@default`), or all.
    ///
    /// # Errors
    /// A name that fits none.
    pub fn chosen(&self, names: &[String]) -> Result<Vec<&Mailbox>, String> {
        let fits = |mailbox: &Mailbox, name: &str| match name.split_once('@') {
            Some(("", context)) => mailbox.context == context,
            Some((number, context)) => mailbox.number == number && mailbox.context == context,
            None => mailbox.number == name,
        };
        for name in names {
            if !self.mailboxes.iter().any(|m| fits(m, name)) {
                return Err(format!("there is no mailbox {name}"));
            }
        }
        let wanted = |m: &&Mailbox| names.is_empty() || names.iter().any(|name| fits(m, name));
        Ok(self.mailboxes.iter().filter(wanted).collect())
    }

    /// How Asterisk would connect for a box: server, port, flags, user.
    pub fn account(&self, mailbox: &Mailbox) -> Account {
        let general = &self.general;
        let pick =
            |own: &Setting, common: &Setting| if own.is_set() { own } else { common }.clone();
        let password = if general.authpassword.is_set() {
            general.authpassword.clone()
        } else {
            mailbox.imappassword.clone()
        };
        Account {
            server: pick(&mailbox.imapserver, &general.imapserver),
            port: pick(&mailbox.imapport, &general.imapport),
            flags: pick(&mailbox.imapflags, &general.imapflags),
            user: mailbox.imapuser.clone(),
            authuser: general.authuser.clone(),
            password,
        }
    }

    /// The time limits, open, read, write, close; none is longer than `at_most` seconds.
    pub fn timeouts(&self, at_most: u32) -> Timeouts {
        let [open, read, write, close] = self.general.timeouts.map(|seconds| {
            i64::from(if seconds == 0 {
                at_most
            } else {
                seconds.min(at_most)
            })
        });
        Timeouts::from_seconds(open, read, write, close)
    }
}

/// What is said of a value that Asterisk has no room for.
fn cut(name: &str, value: &str, place: &Place) -> Option<Note> {
    let (_, room, patched) = ROOM.iter().find(|(known, ..)| *known == name)?;
    let mut text = format!("{name} is longer than the {room} characters that Asterisk keeps of it");
    if value.len() <= *room {
        return None;
    }
    if patched > room {
        let with = patch::QUOTE;
        text += &format!("; with the patch \"{with}\" it keeps {patched}");
        if value.len() > *patched {
            text += ", and this is longer than that, too";
        }
    }
    Some(Note {
        place: place.clone(),
        text,
        fatal: false,
    })
}

fn general(section: Option<&Section>) -> General {
    let setting = |name: &str, default: &str| Setting::or_default(section, name, default);
    let seconds = |name: &str| setting(name, "60").value.trim().parse().unwrap_or(0);
    let imapfolder = setting("imapfolder", "INBOX");
    let greetings = [
        setting("greetingfolder", ""),
        setting("greetingsfolder", ""),
    ];
    let greetingsfolder = greetings
        .into_iter()
        .find(|s| s.place.is_some())
        .unwrap_or_else(|| imapfolder.clone());
    General {
        imapserver: setting("imapserver", "localhost"),
        imapport: setting("imapport", "143"),
        imapflags: setting("imapflags", ""),
        imapparentfolder: setting("imapparentfolder", ""),
        imapgreetings: is_true(&setting("imapgreetings", "no").value),
        greetingsfolder,
        imapfolder,
        authuser: setting("authuser", ""),
        authpassword: setting("authpassword", "").into(),
        expungeonhangup: !is_false(&setting("expungeonhangup", "yes").value),
        pollmailboxes: is_true(&setting("pollmailboxes", "no").value),
        format: setting("format", "wav"),
        maxmsg: setting("maxmsg", "100"),
        fromstring: setting("fromstring", ""),
        serveremail: setting("serveremail", "asterisk"),
        timeouts: [
            "imapopentimeout",
            "imapreadtimeout",
            "imapwritetimeout",
            "imapclosetimeout",
        ]
        .map(seconds),
    }
}

impl Mailbox {
    fn option(&mut self, name: &str, value: &str, place: &Place, notes: &mut Vec<Note>) {
        // Asterisk takes spaces beside = and | for a part of the name or the value.
        let spaced = name.trim() != name || value.trim() != value;
        if spaced && name.trim().to_ascii_lowercase().starts_with("imap") {
            notes.push(Note {
                place: place.clone(),
                text: format!(
                    "spaces beside = or | belong to the name or the value for Asterisk: {name:?}"
                ),
                fatal: false,
            });
        }
        let name = name.to_ascii_lowercase();
        notes.extend(cut(&name, value, place));
        let setting = Setting {
            value: value.to_owned(),
            place: Some(place.clone()),
        };
        match name.as_str() {
            "imapuser" => self.imapuser = setting,
            "imappassword" | "imapsecret" => self.imappassword = setting.into(),
            "imapserver" => self.imapserver = setting,
            "imapport" => self.imapport = setting,
            "imapflags" => self.imapflags = setting,
            "imapfolder" => self.imapfolder = setting,
            "imapvmshareid" => self.imapvmshareid = setting,
            "maxmsg" => self.maxmsg = setting,
            "serveremail" => self.serveremail = setting,
            "fromstring" => self.fromstring = setting,
            _ => {}
        }
    }
}

/// Where and as whom to log in for a box.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "each is the directive of its name")]
pub struct Account {
    pub server: Setting,
    pub port: Setting,
    pub flags: Setting,
    pub user: Setting,
    pub authuser: Setting,
    pub password: Password,
}

/// What a mailbox name is for an Asterisk with the patch [`patch::QUOTE`], and for one without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoting {
    /// The same.
    Same,
    /// Only the patched one can open it.
    Needed,
    /// Each opens something else; the unmodified one's is taken.
    Differs,
}

impl Account {
    /// The mailbox name that Asterisk builds, without a folder.
    pub fn spec(&self) -> String {
        self.name(str::to_owned)
    }

    fn name(&self, user: fn(&str) -> String) -> String {
        let mut spec = format!("{{{}:{}/imap", self.server.value, self.port.value);
        if self.authuser.is_set() {
            spec += &format!("/authuser={}", user(&self.authuser.value));
        }
        if self.flags.is_set() {
            spec += &format!("/{}", self.flags.value);
        }
        spec + &format!("/user={}}}", user(&self.user.value))
    }

    /// The same, taken apart; and whether the patch matters.
    ///
    /// # Errors
    /// Something in it cannot stand in a mailbox name, with the patch or without.
    pub fn parse(&self) -> Result<(NetMbx, Quoting), NameError> {
        match (parse(&self.spec()), parse(&self.name(quoted))) {
            (Ok(plain), Ok(patched)) if plain == patched => Ok((plain, Quoting::Same)),
            (Ok(plain), _) => Ok((plain, Quoting::Differs)),
            (Err(_), Ok(patched)) => Ok((patched, Quoting::Needed)),
            (Err(error), Err(_)) => Err(error),
        }
    }

    /// `user at server:port`, for people.
    pub fn label(&self) -> String {
        format!(
            "{} at {}:{}",
            self.user.value, self.server.value, self.port.value
        )
    }
}

fn parse(spec: &str) -> Result<NetMbx, NameError> {
    // Asterisk has room for 255 characters, and cuts what is longer.
    if spec.len() > 255 {
        return Err(NameError::TooLong);
    }
    // A } before the end would be one, and the rest a folder.
    if spec.find('}') != Some(spec.len() - 1) {
        return Err(NameError::BadSwitch);
    }
    NetMbx::parse(spec.as_bytes())
}

/// A user's name as the patch [`patch::QUOTE`] writes it.
fn quoted(user: &str) -> String {
    if !user.contains(['/', ':', '"', '\\', ' ']) {
        return user.to_owned();
    }
    format!("\"{}\"", user.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests;

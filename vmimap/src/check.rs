//! `vmimap check`: every box, step by step, as Asterisk would go.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use c_client::client::{Client, Error};
use c_client::mailbox_name::NetMbx;
use c_client::transport::DialError;
use serde::Serialize;

use crate::account::{self, Counts, FOLDERS};
use crate::cli::Common;
use crate::conf::Place;
use crate::report::{self, Finding, Level};
use crate::time;
use crate::voicemail::{Account, Mailbox, Quoting, Setting, Voicemail, patch};

/// Seconds before its end from which a certificate is worth a warning.
const CERTIFICATE_WARNING: i64 = 30 * 86_400;
/// What is used of a quota, in percent, that is worth a warning.
const QUOTA_WARNING: u64 = 90;

/// Boxes of one account that are held against all others of it: enough for an account that is shared by intention.
const SHARED: usize = 100;

/// Capabilities that matter, and what is missing without them.
const CAPABILITIES: [(&str, Level, &str); 6] = [
    (
        "IMAP4REV1",
        Level::Error,
        "the server is older than IMAP4rev1 (1996): flags and searches may not work",
    ),
    (
        "UIDPLUS",
        Level::Note,
        "the server has no UIDPLUS: messages cannot be expunged one by one",
    ),
    (
        "QUOTA",
        Level::Note,
        "the server has no QUOTA: Asterisk does not know when a box is full, and (unpatched) says at each call that quota is not available",
    ),
    (
        "IDLE",
        Level::Note,
        "the server has no IDLE: each poll for changes asks the server, and lamps follow other programs by polls alone, also with the patch for push",
    ),
    (
        "LITERAL+",
        Level::Note,
        "the server has no LITERAL+: each message that is left waits once more for the server",
    ),
    (
        "SASL-IR",
        Level::Note,
        "the server has no SASL-IR: each login waits once more for the server",
    ),
];

/// What was seen of the certificate.
#[derive(Debug, Serialize)]
pub struct Certificate {
    subject: String,
    issuer: String,
    names: String,
    /// Last day.
    until: String,
}

/// What is used of a quota.
#[derive(Debug, Serialize)]
pub struct Quota {
    resource: String,
    usage: u64,
    limit: u64,
}

/// What came of one box.
#[derive(Debug, Default, Serialize)]
pub struct Checked {
    mailbox: String,
    account: String,
    place: Option<Place>,
    address: Option<String>,
    tls: bool,
    certificate: Option<Certificate>,
    mechanism: Option<String>,
    capabilities: Vec<String>,
    delimiter: Option<char>,
    /// Folder, and how many messages it has; nothing if it is not there.
    folders: BTreeMap<String, Option<u32>>,
    quota: Vec<Quota>,
    counts: Option<Counts>,
    findings: Vec<Finding>,
}

impl Checked {
    fn say(&mut self, level: Level, place: Option<&Place>, text: impl Into<String>) {
        self.findings.push(Finding {
            level,
            text: text.into(),
            place: place.cloned(),
        });
    }

    fn worst(&self) -> Option<Level> {
        self.findings.iter().map(|finding| finding.level).max()
    }
}

/// Checks, prints, and says how bad it is.
pub fn run(common: &Common, voicemail: &Voicemail, boxes: &[&Mailbox], jobs: u32) -> Option<Level> {
    let general: Vec<Finding> = of_files(voicemail, boxes);
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Checked)>> = Mutex::new(Vec::new());
    let bar = crate::progress::bar(boxes.len(), "mailboxes", common.json);
    std::thread::scope(|scope| {
        for _ in 0..usize::try_from(jobs).unwrap_or(1).min(boxes.len()) {
            scope.spawn(|| {
                while let Some((index, mailbox)) = take(&next, boxes) {
                    let checked = check(voicemail, mailbox, common.timeout);
                    bar.inc(1);
                    if let Ok(mut done) = done.lock() {
                        done.push((index, checked));
                    }
                }
            });
        }
    });
    bar.finish_and_clear();
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(index, _)| *index);
    let done: Vec<Checked> = done.into_iter().map(|(_, checked)| checked).collect();
    print(common, &general, &done);
    let findings = general.iter().map(|f| f.level);
    findings.chain(done.iter().filter_map(Checked::worst)).max()
}

fn take<'a>(next: &AtomicUsize, boxes: &[&'a Mailbox]) -> Option<(usize, &'a Mailbox)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    boxes.get(index).map(|mailbox| (index, *mailbox))
}

/// What can be said without any server.
fn of_files(voicemail: &Voicemail, boxes: &[&Mailbox]) -> Vec<Finding> {
    let notes = voicemail.notes.iter().map(|note| Finding {
        level: Level::Warning,
        text: note.text.clone(),
        place: Some(note.place.clone()),
    });
    let mut findings: Vec<Finding> = notes.collect();
    let mut say = |level, place: Option<&Place>, text: String| {
        findings.push(Finding {
            level,
            text,
            place: place.cloned(),
        });
    };
    let general = &voicemail.general;
    if boxes.is_empty() {
        say(
            Level::Error,
            None,
            "there is no mailbox in the configuration".into(),
        );
    }
    if !general.pollmailboxes {
        let text = format!(
            "pollmailboxes is not yes: lamps do not follow what mail programs do, unless Asterisk has the patch \"{}\"",
            patch::LIGHTS
        );
        say(Level::Note, None, text);
    }
    if general.imapgreetings && general.greetingsfolder.value == general.imapfolder.value {
        let text =
            "greetings lie in the folder of the messages: give them a greetingsfolder of their own";
        say(
            Level::Warning,
            general.greetingsfolder.place.as_ref(),
            text.into(),
        );
    }
    if general.expungeonhangup && general.imapfolder.value.eq_ignore_ascii_case("INBOX") {
        let text = format!(
            "voicemail lies in INBOX, and Asterisk without the patch \"{}\" expunges all that is marked as deleted there, also by mail programs: if there is other mail, too, use an imapfolder of its own",
            patch::EXPUNGE
        );
        say(Level::Note, general.imapfolder.place.as_ref(), text);
    }
    if general.imapparentfolder.is_set() {
        let text = format!(
            "with imapparentfolder Asterisk cannot save messages to Work, Family and so on without the patch \"{}\"",
            patch::BELOW
        );
        say(
            Level::Warning,
            general.imapparentfolder.place.as_ref(),
            text,
        );
    }
    for names in ["open", "read", "write", "close"]
        .iter()
        .zip(general.timeouts)
    {
        if names.1 == 0 || names.1 > 60 {
            let text = format!(
                "imap{}timeout is more than a minute, or none: a server that hangs holds up Asterisk that long",
                names.0
            );
            say(Level::Warning, None, text);
        }
    }
    findings.extend(of_shared(voicemail, boxes));
    findings
}

/// What boxes have in common, meant or not.
fn of_shared(voicemail: &Voicemail, boxes: &[&Mailbox]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut say = |level, mailbox: &Mailbox, text: String| {
        findings.push(Finding {
            level,
            text,
            place: mailbox.place.clone(),
        });
    };
    let mut users: BTreeMap<String, &Mailbox> = BTreeMap::new();
    let mut accounts: BTreeMap<String, Vec<&Mailbox>> = BTreeMap::new();
    for mailbox in boxes.iter().filter(|m| m.imapuser.is_set()) {
        let account = voicemail.account(mailbox);
        let of_account = accounts.entry(account.label()).or_default();
        of_account.push(mailbox);
        // Asterisk takes the password of the first box in the file that has this user.
        let user = account.user.value.to_ascii_lowercase();
        let first = users.entry(user).or_insert_with(|| {
            let mut all = voicemail.mailboxes.iter();
            all.find(|m| m.imapuser.value.eq_ignore_ascii_case(&account.user.value))
                .unwrap_or(mailbox)
        });
        if first.imappassword.reveal() != mailbox.imappassword.reveal()
            && !voicemail.general.authpassword.is_set()
        {
            let text = format!(
                "{} has the imapuser of {} and another password: Asterisk logs in with that of {1}, unless it has the patch \"{}\" and they are at different servers",
                mailbox.id(),
                first.id(),
                patch::APART
            );
            say(Level::Warning, mailbox, text);
        }
    }
    for of_account in accounts.values_mut() {
        // The shorter number first: it is the one that finds the messages of the longer one.
        of_account.sort_by_key(|m| m.extension().len());
        for (index, mailbox) in of_account.iter().enumerate().take(SHARED) {
            let others = of_account[index + 1..].iter();
            let both = |other: &&&Mailbox| {
                let contains = |whole: &str, part: &str| {
                    let part = part.to_ascii_lowercase();
                    whole.to_ascii_lowercase().contains(&part)
                };
                contains(other.extension(), mailbox.extension())
                    && contains(&other.context, &mailbox.context)
            };
            let Some(other) = others.clone().find(both) else {
                continue;
            };
            if other.extension() == mailbox.extension() && other.context == mailbox.context {
                let text = format!(
                    "{} and {} have the same messages: same account, number and context",
                    mailbox.id(),
                    other.id()
                );
                say(Level::Note, other, text);
            } else {
                let text = format!(
                    "{} is shown the messages of {} as well, as long as Asterisk has not the patch \"{}\": same account, and one number is a part of the other",
                    mailbox.id(),
                    other.id(),
                    patch::NUMBERS
                );
                say(Level::Warning, mailbox, text);
            }
        }
    }
    findings
}

fn check(voicemail: &Voicemail, mailbox: &Mailbox, timeout: u32) -> Checked {
    let account = voicemail.account(mailbox);
    let mut checked = Checked {
        mailbox: mailbox.id(),
        account: account.label(),
        place: mailbox.place.clone(),
        ..Checked::default()
    };
    if account.user.is_set() {
        if let Some(client) = connect(voicemail, &account, timeout, &mut checked)
            && let Some(client) = log_in(client, &account, &mut checked)
        {
            look(client, voicemail, mailbox, &mut checked);
        }
    } else {
        let text = "the box has no imapuser: Asterisk cannot keep messages for it";
        checked.say(Level::Error, mailbox.place.as_ref(), text);
    }
    let secret = account.password.reveal();
    for finding in &mut checked.findings {
        finding.text = report::without(&report::plain(&finding.text), secret);
    }
    checked
}

/// An error without its final stop.
fn words(error: &Error) -> String {
    error.to_string().trim_end_matches('.').to_owned()
}

/// The line of the first setting that has one.
fn place<'a>(settings: &[&'a Setting]) -> Option<&'a Place> {
    settings.iter().find_map(|setting| setting.place.as_ref())
}

/// The same, but a line of the box itself comes first: other boxes have the general ones as well.
fn own_place<'a>(account: &'a Account, settings: &[&'a Setting]) -> Option<&'a Place> {
    let own = account.user.place.as_ref();
    let places = settings.iter().filter_map(|setting| setting.place.as_ref());
    let found = places.clone().find(|place| Some(*place) == own);
    found.or_else(|| places.clone().next())
}

fn connect(
    voicemail: &Voicemail,
    account: &Account,
    timeout: u32,
    checked: &mut Checked,
) -> Option<Client> {
    let (parsed, quoting): (NetMbx, Quoting) = match account.parse() {
        Ok(parsed) => parsed,
        Err(error) => {
            let text = format!(
                "{} is not a mailbox name: {error}. Look at imapserver, imapport, imapflags, imapuser",
                account.spec()
            );
            checked.say(
                Level::Error,
                place(&[&account.flags, &account.user, &account.port]),
                text,
            );
            return None;
        }
    };
    let what = match quoting {
        Quoting::Same => None,
        Quoting::Needed => Some(format!("it needs the patch \"{}\"", patch::QUOTE)),
        Quoting::Differs => Some(format!(
            "with the patch \"{}\" they belong to it, and the user is {}; tried here is what Asterisk does without",
            patch::QUOTE,
            account.user.value
        )),
    };
    if let Some(what) = what {
        let text = format!(
            "imapuser or authuser has one of / : \" \\, which Asterisk puts into the mailbox name as they are ({}): {what}",
            account.spec()
        );
        let at = place(&[&account.user, &account.authuser]);
        checked.say(Level::Warning, at, text);
    }
    if parsed.user.len() > 64 {
        checked.say(
            Level::Error,
            account.user.place.as_ref(),
            "imapuser has more than 64 characters",
        );
    }
    let client = match Client::connect(&parsed, voicemail.timeouts(timeout)) {
        Ok(client) => client,
        Err(error) => {
            let (place, cure) = match &error {
                Error::Dial(DialError::Failed(_)) => (
                    own_place(account, &[&account.port, &account.server]),
                    "correct imapserver or imapport, or see whether the server runs and no firewall is between",
                ),
                Error::Dial(_) => (
                    own_place(account, &[&account.server]),
                    "correct imapserver, or the machine's DNS",
                ),
                Error::NoTls(_) => (
                    own_place(account, &[&account.flags]),
                    "use imapflags=ssl and its port (993), or enable STARTTLS at the server",
                ),
                Error::Tls(_) => (
                    own_place(account, &[&account.flags, &account.port, &account.server]),
                    "ssl belongs to port 993, tls to 143; what is wrong with a certificate stands before",
                ),
                _ => (
                    own_place(account, &[&account.port, &account.server]),
                    "look into the server's log",
                ),
            };
            checked.say(
                Level::Error,
                place,
                format!("{}. Cure: {cure}", words(&error)),
            );
            return None;
        }
    };
    checked.address = Some(client.peer().address.to_string());
    checked.tls = client.is_tls();
    of_tls(&client, &parsed, account, checked);
    Some(client)
}

fn of_tls(client: &Client, parsed: &NetMbx, account: &Account, checked: &mut Checked) {
    let at = place(&[&account.flags]);
    let loopback = client.peer().address.ip().is_loopback();
    if !client.is_tls() && !loopback {
        let text = "the connection is not encrypted: messages and passwords can be read on the way. Use imapflags=ssl and imapport=993";
        checked.say(Level::Warning, at, text);
    }
    if client.is_tls() && parsed.novalidate {
        let level = if loopback {
            Level::Note
        } else {
            Level::Warning
        };
        let text = "novalidate-cert: encrypted, but anybody can pretend to be the server. Make the authority known instead";
        checked.say(level, at, text);
    }
    let Some(shown) = client.certificate() else {
        return;
    };
    let left = shown.not_after - time::now();
    let until = time::day(shown.not_after);
    if left < 0 {
        checked.say(
            Level::Warning,
            at,
            format!("the certificate has expired on {until}"),
        );
    } else if left < CERTIFICATE_WARNING {
        let text = format!(
            "the certificate expires in {} days, on {until}: renew it",
            left / 86_400
        );
        checked.say(Level::Warning, None, text);
    }
    checked.certificate = Some(Certificate {
        subject: shown.subject,
        issuer: shown.issuer,
        names: shown.names,
        until,
    });
}

fn log_in(mut client: Client, account: &Account, checked: &mut Checked) -> Option<Client> {
    let password = account.password.reveal();
    let at = account
        .password
        .place
        .as_ref()
        .or(account.user.place.as_ref());
    match client.log_in((!password.is_empty()).then_some(password.as_bytes())) {
        Ok(how) => {
            if how.in_clear && !client.peer().address.ip().is_loopback() {
                let text = format!(
                    "the password went over the network in clear ({})",
                    how.mechanism
                );
                checked.say(Level::Error, place(&[&account.flags]), text);
            }
            checked.mechanism = Some(how.mechanism);
        }
        Err(error) => {
            let cure = match &error {
                Error::Login(_) if account.authuser.is_set() => {
                    "correct authuser or authpassword, or allow authuser at the server to log in for imapuser"
                }
                Error::Login(_) => "correct imapuser or imappassword",
                _ => "look into the server's log",
            };
            checked.say(
                Level::Error,
                at,
                format!(
                    "no login as {}: {}. Cure: {cure}",
                    account.user.value,
                    words(&error)
                ),
            );
            return None;
        }
    }
    checked.capabilities = client.capabilities().names.clone();
    for (name, level, text) in CAPABILITIES {
        let rev2 = client.capabilities().has("IMAP4REV2");
        let has = client.capabilities().has(name)
            || (rev2 && name != "QUOTA" && name != "LITERAL+")
            || (name == "LITERAL+" && client.capabilities().literal_minus);
        if !has {
            checked.say(level, None, text);
        }
    }
    Some(client)
}

fn look(mut client: Client, voicemail: &Voicemail, mailbox: &Mailbox, checked: &mut Checked) {
    match look_around(&mut client, voicemail, mailbox, checked) {
        Ok(()) => client.log_out(),
        Err(error) => checked.say(
            Level::Error,
            None,
            format!("{error}. Look into the server's log"),
        ),
    }
}

fn look_around(
    client: &mut Client,
    voicemail: &Voicemail,
    mailbox: &Mailbox,
    checked: &mut Checked,
) -> Result<(), Error> {
    let general = &voicemail.general;
    let delimiter = account::delimiter(client)?;
    checked.delimiter = delimiter.map(char::from);
    let parent = &general.imapparentfolder;
    let spaces = client.namespaces()?;
    if let Some((prefix, _)) = spaces.first().filter(|(prefix, _)| !prefix.is_empty())
        && !parent.is_set()
    {
        let text = format!(
            "the server keeps folders below {prefix}: Work, Family and so on need imapparentfolder={}, or a server without that prefix",
            prefix.trim_end_matches(['.', '/'])
        );
        checked.say(Level::Warning, None, text);
    }
    let main = account::main_folder(general, mailbox, delimiter);
    let at = place(&[&mailbox.imapfolder, &general.imapfolder]);
    let in_main = client.count(main.as_bytes())?;
    checked.folders.insert(main.clone(), in_main);
    for name in FOLDERS {
        let folder = account::side_folder(general, name, delimiter);
        let number = client.count(folder.as_bytes())?;
        checked.folders.insert(folder, number);
    }
    let missing = FOLDERS.iter().filter(|n| **n != "Deleted");
    let missing = missing.filter(|n| {
        checked
            .folders
            .get(&account::side_folder(general, n, delimiter))
            .is_some_and(Option::is_none)
    });
    let missing: Vec<&str> = missing.copied().collect();
    if !missing.is_empty() {
        checked.say(
            Level::Note,
            None,
            format!(
                "not there yet, and made when first used: {}",
                missing.join(", ")
            ),
        );
    }
    if client
        .count(account::side_folder(general, "Old", delimiter).as_bytes())?
        .is_some()
    {
        let text = format!(
            "there is a folder Old, which Asterisk does not read: old messages are those in {main} that have been heard"
        );
        checked.say(Level::Note, None, text);
    }
    if general.imapgreetings {
        let folder = general.greetingsfolder.value.clone();
        let number = client.count(folder.as_bytes())?;
        if number.is_none() {
            let text = format!(
                "the folder {folder} for greetings is not there; it is made when one is recorded"
            );
            checked.say(Level::Note, general.greetingsfolder.place.as_ref(), text);
        }
        checked.folders.insert(folder, number);
    }
    if in_main.is_none() {
        let text =
            format!("the folder {main} is not there; Asterisk makes it at the first message");
        checked.say(Level::Warning, at, text);
        return Ok(());
    }
    of_quota(client, &main, checked)?;
    client.select(main.as_bytes(), true)?;
    let counts = account::count(client, mailbox)?;
    checked.counts = Some(counts);
    let maxmsg = place(&[&mailbox.maxmsg, &general.maxmsg]);
    let own = if mailbox.maxmsg.is_set() {
        &mailbox.maxmsg
    } else {
        &general.maxmsg
    };
    let limit = own.value.parse().unwrap_or(100);
    let all = counts.new + counts.old + counts.urgent;
    if all >= limit {
        let text = format!(
            "the box is full: {all} messages, and maxmsg is {limit}; callers cannot leave any"
        );
        checked.say(Level::Error, maxmsg, text);
    }
    Ok(())
}

fn of_quota(client: &mut Client, folder: &str, checked: &mut Checked) -> Result<(), Error> {
    let resources = match client.quota(folder.as_bytes()) {
        Ok(resources) => resources,
        Err(error) if error.is_lost() => return Err(error),
        Err(_) => return Ok(()),
    };
    for resource in resources {
        let name = String::from_utf8_lossy(&resource.name).into_owned();
        let (usage, limit) = (resource.usage, resource.limit);
        let unit = if name.eq_ignore_ascii_case("STORAGE") {
            " KiB"
        } else {
            ""
        };
        let used = usage.saturating_mul(100).checked_div(limit).unwrap_or(0);
        if limit > 0 && usage >= limit {
            let text = format!(
                "the quota is used up ({name}: {usage} of {limit}{unit}): callers hear that the box is full"
            );
            checked.say(Level::Error, None, text);
        } else if used >= QUOTA_WARNING {
            let text =
                format!("{used} percent of the quota are used ({name}: {usage} of {limit}{unit})");
            checked.say(Level::Warning, None, text);
        }
        checked.quota.push(Quota {
            resource: name,
            usage,
            limit,
        });
    }
    Ok(())
}

#[derive(Serialize)]
struct Whole<'a> {
    configuration: &'a Path,
    findings: &'a [Finding],
    mailboxes: &'a [Checked],
}

fn print(common: &Common, general: &[Finding], done: &[Checked]) {
    if common.json {
        report::json(&Whole {
            configuration: &common.config,
            findings: general,
            mailboxes: done,
        });
        return;
    }
    let mut table = report::table(&[
        "mailbox", "account", "TLS", "login", "new", "old", "urgent", "quota", "",
    ]);
    for one in done {
        let number = |pick: fn(Counts) -> usize| {
            one.counts
                .map_or_else(|| "-".to_owned(), |c| pick(c).to_string())
        };
        let quota = one.quota.iter().filter(|q| q.limit > 0);
        let quota = quota.map(|q| q.usage.saturating_mul(100) / q.limit).max();
        let tls = match (&one.certificate, one.tls) {
            (Some(certificate), _) => format!("until {}", certificate.until),
            (None, true) => "yes".to_owned(),
            (None, false) => "no".to_owned(),
        };
        table.add_row(vec![
            one.mailbox.clone(),
            one.account.clone(),
            tls,
            one.mechanism.clone().unwrap_or_else(|| "-".to_owned()),
            number(|c| c.new),
            number(|c| c.old),
            number(|c| c.urgent),
            quota.map_or_else(|| "-".to_owned(), |q| format!("{q} %")),
            one.worst().map_or_else(
                || "ok".to_owned(),
                |level| {
                    if level == Level::Note {
                        "ok".to_owned()
                    } else {
                        level.to_string()
                    }
                },
            ),
        ]);
    }
    use std::io::Write;
    let mut text = String::new();
    if !done.is_empty() {
        text += &format!("{}\n\n", table.trim_fmt());
    }
    for finding in general {
        text += &format!("{finding}\n");
    }
    for one in done {
        for finding in &one.findings {
            text += &format!("{}: {finding}\n", one.mailbox);
        }
    }
    let errors = done
        .iter()
        .filter(|one| one.worst() == Some(Level::Error))
        .count();
    text += &format!("{} mailboxes, {} of them with errors\n", done.len(), errors);
    let _ = std::io::stdout().write_all(text.as_bytes());
}

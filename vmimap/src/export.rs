//! `vmimap export`: mails into files.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use c_client::client::{Error, Message, Search, What};

use crate::account::{self, FOLDERS};
use crate::cli::{Common, Spool};
use crate::mail::Mail;
use crate::spool::{self, GREETINGS, Info, MAIN, Recording};
use crate::time;
use crate::transfer::{self, Link, Tally};
use crate::voicemail::{Mailbox, Voicemail};

/// Headers that are fetched together.
const TOGETHER: usize = 50;

/// Exports all boxes; whether all went well.
pub fn run(common: &Common, spool: &Spool, voicemail: &Voicemail, boxes: &[&Mailbox]) -> bool {
    transfer::run(common, spool, boxes, "exported", |mailbox, bar| {
        let mut tally = Tally::default();
        let Some(directory) = spool::directory(&spool.spool, &mailbox.context, &mailbox.number)
        else {
            tally.fail("the box", "its name cannot be that of a directory");
            return tally;
        };
        if !mailbox.imapuser.is_set() {
            tally
                .notes
                .push("it has no imapuser: nothing to export".to_owned());
            return tally;
        }
        let mut exporter = Exporter {
            voicemail,
            mailbox,
            directory,
            dry_run: spool.dry_run,
            link: Link::new(voicemail, mailbox, common.timeout),
            tally: &mut tally,
            bar,
        };
        if let Err(why) = exporter.all() {
            exporter.tally.fail("the box", &why);
        }
        exporter.link.close();
        tally
    })
}

struct Exporter<'a> {
    voicemail: &'a Voicemail,
    mailbox: &'a Mailbox,
    directory: PathBuf,
    dry_run: bool,
    link: Link<'a>,
    tally: &'a mut Tally,
    bar: &'a indicatif::ProgressBar,
}

/// Which mails are files already.
#[derive(Default)]
struct Known {
    keys: HashSet<String>,
    ids: HashSet<String>,
}

impl Known {
    fn read(&mut self, folder: &Path) -> Result<(), String> {
        for entry in spool::entries(folder)? {
            let file = entry.text_file();
            let text = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            self.keys.extend(spool::key(&text));
            if let Ok(info) = Info::read(&file) {
                self.ids.insert(info.get("msg_id").to_owned());
            }
        }
        self.ids.remove("");
        Ok(())
    }
}

/// What tells a mail from others: its Message-ID, or else what Asterisk's header says.
fn key(mail: &Mail) -> String {
    let id = mail.get("Message-ID");
    if id.is_empty() {
        let fields =
            ["Message-ID", "Orig-time", "Caller-ID-Num", "Duration"].map(|name| mail.own(name));
        return fields.join("/");
    }
    id.chars().filter(|c| !c.is_control()).take(900).collect()
}

impl Exporter<'_> {
    fn all(&mut self) -> Result<(), String> {
        let general = &self.voicemail.general;
        self.link.again(|link| link.client().map(|_| ()))?;
        let delimiter = self.link.delimiter;
        let main = account::main_folder(general, self.mailbox, delimiter);
        self.folder(&main, &MAIN)?;
        for name in FOLDERS {
            let folder = account::side_folder(general, name, delimiter);
            self.folder(&folder, &[name])?;
        }
        if general.imapgreetings {
            self.greetings(&general.greetingsfolder.value)?;
        }
        Ok(())
    }

    /// UIDs and headers of this box's mails in a folder of the server.
    fn headers(&mut self, folder: &str, search: &Search) -> Result<Vec<(Message, Mail)>, String> {
        let found = self.link.again(|link| match link.folder(folder)? {
            Some(client) => client.search(search),
            None => Ok(Vec::new()),
        })?;
        let mut headers = Vec::new();
        for uids in found.chunks(TOGETHER) {
            let got = self.link.again(|link| match link.folder(folder)? {
                Some(client) => client.fetch(uids, What::Header),
                None => Ok(Vec::new()),
            })?;
            let read = got.into_iter().map(|message| {
                let mail = Mail::read(&message.octets);
                (message, mail)
            });
            headers.extend(read.filter(|(_, mail)| mail.is_of(self.mailbox)));
        }
        headers.sort_by_key(|(message, _)| message.uid);
        Ok(headers)
    }

    /// A whole mail; nothing if it has gone meanwhile.
    fn whole(&mut self, folder: &str, uid: u32) -> Result<Option<Mail>, String> {
        let got = self.link.again(|link| match link.folder(folder)? {
            Some(client) => client.fetch(&[uid], What::Whole),
            None => Err(Error::Lost("the folder has gone".to_owned())),
        })?;
        Ok(got.first().map(|message| Mail::read(&message.octets)))
    }

    /// Exports a folder of the server into directories: one, or those for new, old and urgent messages.
    fn folder(&mut self, folder: &str, directories: &[&str]) -> Result<(), String> {
        let mut known = Known::default();
        for name in directories {
            known.read(&self.directory.join(name))?;
        }
        let headers = self.headers(folder, &account::of(self.mailbox))?;
        // Greetings may lie in the same folder.
        let headers: Vec<_> = headers
            .into_iter()
            .filter(|(_, mail)| !GREETINGS.contains(&mail.own("Message-Type")))
            .collect();
        self.bar
            .inc_length(u64::try_from(headers.len()).unwrap_or(0));
        for (message, mail) in headers {
            self.bar.inc(1);
            let key = key(&mail);
            let id = mail.own("Message-ID");
            if known.keys.contains(&key) || (!id.is_empty() && known.ids.contains(id)) {
                self.tally.present += 1;
                continue;
            }
            let (seen, flagged) = (message.has_flag("\\Seen"), message.has_flag("\\Flagged"));
            let name = match directories {
                [only] => only,
                _ if seen => MAIN[1],
                _ if flagged => MAIN[2],
                _ => MAIN[0],
            };
            if self.dry_run {
                self.tally.moved += 1;
                continue;
            }
            let what = format!("{folder} UID {}", message.uid);
            match self.message(folder, &message, name, &key) {
                Ok(true) => self.tally.moved += 1,
                Ok(false) => self.tally.notes.push(format!("{what}: has gone meanwhile")),
                Err(why) => self.tally.fail(&what, &why),
            }
        }
        Ok(())
    }

    fn message(
        &mut self,
        folder: &str,
        message: &Message,
        name: &str,
        key: &str,
    ) -> Result<bool, String> {
        let Some(mail) = self.whole(folder, message.uid)? else {
            return Ok(false);
        };
        let (_, recording) = mail
            .recording
            .as_ref()
            .ok_or("there is no recording in it")?;
        let date = message
            .internal_date
            .as_deref()
            .and_then(time::from_internal);
        let mut info = mail.info(
            self.mailbox,
            date.unwrap_or_else(time::now),
            message.has_flag("\\Flagged"),
        );
        if !message.has_flag("\\Flagged") {
            info.set("flag", "");
        }
        let directory = self.directory.join(name);
        fs::create_dir_all(&directory)
            .map_err(|error| format!("{}: {error}", directory.display()))?;
        let next = spool::entries(&directory)?
            .last()
            .map_or(0, |last| last.number + 1);
        let stem = directory.join(format!("msg{next:04}"));
        clear(&stem, Some(recording))?;
        let intro = PathBuf::from(format!("{}intro", stem.display()));
        clear(&intro, mail.intro.as_ref())?;
        spool::write_new(&stem.with_extension(&recording.format), &recording.octets)?;
        if let Some(said) = &mail.intro {
            spool::write_new(&intro.with_extension(&said.format), &said.octets)?;
        }
        // Last: with it there is a message for Asterisk.
        spool::write_new(&stem.with_extension("txt"), info.text(key).as_bytes())?;
        Ok(true)
    }

    fn greetings(&mut self, folder: &str) -> Result<(), String> {
        for name in GREETINGS {
            let mut search = account::of(self.mailbox);
            search
                .header
                .push(("X-Asterisk-VM-Message-Type".to_owned(), name.to_owned()));
            let headers = self.headers(folder, &search)?;
            let last = headers
                .iter()
                .rev()
                .find(|(_, mail)| mail.own("Message-Type") == name);
            let Some((message, _)) = last else {
                continue;
            };
            let stem = self.directory.join(name);
            if self.directory.is_dir() && spool::recording(&stem, "")?.is_some() {
                self.tally.present += 1;
                continue;
            }
            if !self.dry_run {
                let uid = message.uid;
                let mail = self.whole(folder, uid)?;
                let Some((_, recording)) = mail.and_then(|mail| mail.recording) else {
                    self.tally.fail(
                        &format!("{folder} UID {uid}"),
                        "there is no recording in it",
                    );
                    continue;
                };
                fs::create_dir_all(&self.directory)
                    .map_err(|error| format!("{}: {error}", self.directory.display()))?;
                spool::write_new(&stem.with_extension(&recording.format), &recording.octets)?;
            }
            self.tally.moved += 1;
        }
        Ok(())
    }
}

/// Puts recordings that nobody knows of out of the way: those beside a message's file that is not there. An interrupted run
/// leaves such a one, and that may stay.
fn clear(stem: &Path, new: Option<&Recording>) -> Result<(), String> {
    let problem = |file: &Path, error: std::io::Error| format!("{}: {error}", file.display());
    while let Some((found, _)) = spool::recording(stem, "")? {
        let file = stem.with_extension(&found.format);
        if new == Some(&found) {
            fs::remove_file(&file).map_err(|error| problem(&file, error))?;
            continue;
        }
        let mut name = std::ffi::OsString::from("orphan-");
        name.push(file.file_name().unwrap_or_default());
        fs::rename(&file, file.with_file_name(name)).map_err(|error| problem(&file, error))?;
    }
    Ok(())
}

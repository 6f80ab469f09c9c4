//! `vmimap import`: files into mails.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use c_client::client::{Client, Error, Search, What};
use ring::digest::{Context, SHA256};

use crate::account;
use crate::cli::{Common, Spool};
use crate::mail::{self, Kind, Letter, Mail};
use crate::spool::{self, Entry, GREETINGS, Info, MAIN, Recording};
use crate::time;
use crate::transfer::{self, Link, Tally};
use crate::voicemail::{Mailbox, Voicemail};

/// Imports all boxes; whether all went well.
pub fn run(common: &Common, spool: &Spool, voicemail: &Voicemail, boxes: &[&Mailbox]) -> bool {
    transfer::run(common, spool, boxes, "imported", |mailbox, bar| {
        let mut tally = Tally::default();
        let Some(directory) = spool::directory(&spool.spool, &mailbox.context, &mailbox.number)
        else {
            tally.fail("the box", "its name cannot be that of a directory");
            return tally;
        };
        let items = find(voicemail, &directory, &mut tally);
        if items.is_empty() {
            return tally;
        }
        if !mailbox.imapuser.is_set() {
            tally.fail("the box", "it has no imapuser");
            return tally;
        }
        bar.inc_length(u64::try_from(items.len()).unwrap_or(0));
        let mut link = Link::new(voicemail, mailbox, common.timeout);
        let mut seen: HashMap<String, u32> = HashMap::new();
        for item in &items {
            let what = item
                .stem
                .strip_prefix(&directory)
                .unwrap_or(&item.stem)
                .display()
                .to_string();
            let one = Importer {
                voicemail,
                mailbox,
                dry_run: spool.dry_run,
            };
            match one.item(item, &mut link, &mut seen) {
                Ok(true) => tally.moved += 1,
                Ok(false) => tally.present += 1,
                Err(Fault::Message(why)) => tally.fail(&what, &why),
                Err(Fault::Box(why)) => {
                    tally.fail(&what, &why);
                    tally
                        .notes
                        .push("what follows in this box was not tried".to_owned());
                    break;
                }
            }
            bar.inc(1);
        }
        link.close();
        tally
    })
}

/// Something to import.
struct Item {
    /// File without ending.
    stem: PathBuf,
    what: WhatItIs,
}

enum WhatItIs {
    /// A message in this directory.
    Message(&'static str, Entry),
    Greeting(&'static str),
}

/// What there is in a box's directory.
fn find(voicemail: &Voicemail, directory: &Path, tally: &mut Tally) -> Vec<Item> {
    let mut items = Vec::new();
    for folder in spool::folders() {
        match spool::entries(&directory.join(folder)) {
            Ok(entries) => items.extend(entries.into_iter().map(|entry| Item {
                stem: entry.stem.clone(),
                what: WhatItIs::Message(folder, entry),
            })),
            Err(why) => tally.fail(folder, &why),
        }
    }
    if !directory.is_dir() {
        return items;
    }
    for name in GREETINGS {
        match spool::recording(&directory.join(name), &voicemail.general.format.value) {
            Ok(Some(_)) if voicemail.general.imapgreetings => items.push(Item {
                stem: directory.join(name),
                what: WhatItIs::Greeting(name),
            }),
            Ok(Some(_)) => {
                let note =
                    format!("the greeting {name} stays a file, because imapgreetings is not yes");
                tally.notes.push(note);
            }
            Ok(None) => {}
            Err(why) => tally.fail(name, &why),
        }
    }
    items
}

/// Why something was not imported.
enum Fault {
    /// It is about this message.
    Message(String),
    /// It is about the account: the others would fare no better.
    Box(String),
}

struct Importer<'a> {
    voicemail: &'a Voicemail,
    mailbox: &'a Mailbox,
    dry_run: bool,
}

/// A message, ready to go.
struct Ready {
    flags: &'static str,
    time: i64,
    text: Vec<u8>,
    looks: Vec<Look>,
}

/// How to find out whether it is there.
struct Look {
    field: &'static str,
    text: String,
}

fn modified(file: &Path) -> i64 {
    let since = fs::metadata(file).and_then(|m| m.modified()).ok();
    let since = since.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    since
        .and_then(|since| i64::try_from(since.as_secs()).ok())
        .unwrap_or_else(time::now)
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

impl Importer<'_> {
    /// Names what is imported: the same for the same message, whenever it is imported, and another for any other.
    fn digest(&self, folder: &str, parts: &[&[u8]], seen: &mut HashMap<String, u32>) -> String {
        let mut context = Context::new(&SHA256);
        let names = [
            self.mailbox.context.as_bytes(),
            self.mailbox.number.as_bytes(),
            folder.as_bytes(),
        ];
        for part in names.iter().chain(parts) {
            context.update(&u64::try_from(part.len()).unwrap_or(0).to_be_bytes());
            context.update(part);
        }
        let digest = hex(context.finish().as_ref());
        // Two that are equal to the last octet are still two.
        let count = seen
            .entry(digest.clone())
            .and_modify(|n| *n += 1)
            .or_default();
        if *count == 0 {
            digest
        } else {
            format!("{digest}.{count}")
        }
    }

    /// Imports one; false: it was there.
    fn item(
        &self,
        item: &Item,
        link: &mut Link<'_>,
        seen: &mut HashMap<String, u32>,
    ) -> Result<bool, Fault> {
        let ready = match &item.what {
            WhatItIs::Message(folder, entry) => self.message(folder, entry, seen),
            WhatItIs::Greeting(name) => self.greeting(name, &item.stem, seen),
        };
        let ready = ready.map_err(Fault::Message)?;
        let general = &self.voicemail.general;
        let done = link.again(|link| {
            link.client()?;
            let folder = match &item.what {
                WhatItIs::Message(folder, _) if MAIN.contains(folder) => {
                    account::main_folder(general, self.mailbox, link.delimiter)
                }
                WhatItIs::Message(folder, _) => {
                    account::side_folder(general, folder, link.delimiter)
                }
                WhatItIs::Greeting(_) => general.greetingsfolder.value.clone(),
            };
            match self.put(&ready, &folder, link) {
                // The server's word on this account, not on this message.
                Err(error) if error.is_code("OVERQUOTA") => Ok(Err(error.to_string())),
                other => other.map(Ok),
            }
        });
        match done {
            Ok(Ok(moved)) => Ok(moved),
            Ok(Err(why)) | Err(why) => Err(Fault::Box(why)),
        }
    }

    fn put(&self, ready: &Ready, folder: &str, link: &mut Link<'_>) -> Result<bool, Error> {
        if let Some(client) = link.folder(folder)? {
            // Behind what others have put there meanwhile, and an interrupted run of ours.
            client.poll()?;
            for look in &ready.looks {
                if self.is_there(client, look)? {
                    return Ok(false);
                }
            }
        } else if !self.dry_run {
            link.client()?.create(folder.as_bytes())?;
        }
        if !self.dry_run {
            let date = time::internal(ready.time);
            let text = ready.text.clone();
            link.client()?
                .append(folder.as_bytes(), ready.flags, Some(&date), text)?;
        }
        Ok(true)
    }

    fn is_there(&self, client: &mut Client, look: &Look) -> Result<bool, Error> {
        let search = Search {
            header: vec![(look.field.to_owned(), look.text.clone())],
            deleted: Some(false),
            ..Search::default()
        };
        let found = client.search(&search)?;
        // The server finds parts, too.
        for mail in client.fetch(&found, What::Header)? {
            let mail = Mail::read(&mail.octets);
            let by_name = look.field.eq_ignore_ascii_case("Message-ID");
            if mail.get(look.field) == look.text && (by_name || mail.is_of(self.mailbox)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn message(
        &self,
        folder: &'static str,
        entry: &Entry,
        seen: &mut HashMap<String, u32>,
    ) -> Result<Ready, String> {
        let file = entry.text_file();
        let text = fs::read(&file).map_err(|error| error.to_string())?;
        let info = Info::read(&file)?;
        let recording = self
            .recording(&entry.stem)?
            .ok_or("there is no recording beside it")?;
        let intro = format!("{}intro", entry.stem.display());
        let intro = self.recording(Path::new(&intro))?;
        let is_main = MAIN.contains(&folder);
        let group = if is_main { MAIN[0] } else { folder };
        let said: &[u8] = intro.as_ref().map_or(b"", |intro| &intro.octets);
        let digest = self.digest(group, &[&text, &recording.octets, said], seen);
        let time = info.time().unwrap_or_else(|| modified(&file));
        let letter = Letter {
            voicemail: self.voicemail,
            mailbox: self.mailbox,
            kind: Kind::Message(entry.number, &info),
            time,
            digest: &digest,
            recording: &recording,
            intro: intro.as_ref(),
        };
        let mut looks = vec![Look {
            field: "Message-ID",
            text: mail::message_id(&digest),
        }];
        // What has been exported is still there.
        looks.extend(spool::key(&text).map(|text| Look {
            field: "Message-ID",
            text,
        }));
        let own = info.get("msg_id").trim();
        if !own.is_empty() {
            looks.push(Look {
                field: "X-Asterisk-VM-Message-ID",
                text: own.to_owned(),
            });
        }
        Ok(Ready {
            flags: match folder {
                "INBOX" => "",
                "Urgent" => "\\Flagged",
                _ if info.get("flag") == "Urgent" => "\\Seen \\Flagged",
                _ => "\\Seen",
            },
            time,
            text: letter.text(),
            looks,
        })
    }

    fn greeting(
        &self,
        name: &'static str,
        stem: &Path,
        seen: &mut HashMap<String, u32>,
    ) -> Result<Ready, String> {
        let recording = self.recording(stem)?.ok_or("there is no recording")?;
        let digest = self.digest("greetings", &[name.as_bytes(), &recording.octets], seen);
        let time = modified(&stem.with_extension(&recording.format));
        let letter = Letter {
            voicemail: self.voicemail,
            mailbox: self.mailbox,
            kind: Kind::Greeting(name),
            time,
            digest: &digest,
            recording: &recording,
            intro: None,
        };
        Ok(Ready {
            flags: "\\Seen",
            time,
            text: letter.text(),
            // One greeting of a name is all that Asterisk can use: what was recorded there since stays.
            looks: vec![Look {
                field: "X-Asterisk-VM-Message-Type",
                text: name.to_owned(),
            }],
        })
    }

    fn recording(&self, stem: &Path) -> Result<Option<Recording>, String> {
        let found = spool::recording(stem, &self.voicemail.general.format.value)?;
        Ok(found.map(|(recording, _)| recording))
    }
}

//! What `import` and `export` have in common: their tally, and going on after a lost connection.

use c_client::client::{Client, Error};
use serde::Serialize;

use crate::account;
use crate::cli::{Common, Spool};
use crate::report;
use crate::voicemail::{Account, Mailbox, Voicemail};

/// How often a connection is made anew for one message.
const TRIALS: usize = 3;

/// What came of one box.
#[derive(Debug, Default, Serialize)]
pub struct Tally {
    /// Which.
    pub mailbox: String,
    /// Put there now; with --dry-run, what would be.
    pub moved: usize,
    /// Were there before.
    pub present: usize,
    /// Could not be moved.
    pub failed: usize,
    /// What is to be said.
    pub notes: Vec<String>,
}

impl Tally {
    /// Notes that something could not be moved.
    pub fn fail(&mut self, what: &str, why: &str) {
        self.failed += 1;
        self.notes.push(format!("{what}: {why}"));
    }
}

/// A box's connection, which is made when it is needed, and again when it was lost.
pub struct Link<'a> {
    voicemail: &'a Voicemail,
    account: Account,
    timeout: u32,
    client: Option<Client>,
    selected: Option<String>,
    /// What stands between the parts of a folder's name.
    pub delimiter: Option<u8>,
}

impl<'a> Link<'a> {
    /// Nothing is connected yet.
    pub fn new(voicemail: &'a Voicemail, mailbox: &Mailbox, timeout: u32) -> Link<'a> {
        Link {
            voicemail,
            account: voicemail.account(mailbox),
            timeout,
            client: None,
            selected: None,
            delimiter: None,
        }
    }

    /// The connection.
    ///
    /// # Errors
    /// There is none to be had.
    pub fn client(&mut self) -> Result<&mut Client, Error> {
        if self.client.is_none() {
            let (mut client, _) = account::open(self.voicemail, &self.account, self.timeout)?;
            self.delimiter = account::delimiter(&mut client)?;
            self.client = Some(client);
            self.selected = None;
        }
        match &mut self.client {
            Some(client) => Ok(client),
            None => Err(Error::Lost("there is no connection".to_owned())),
        }
    }

    /// The connection, with this folder selected for reading; nothing if there is no such folder.
    ///
    /// # Errors
    /// A lost connection.
    pub fn folder(&mut self, folder: &str) -> Result<Option<&mut Client>, Error> {
        self.client()?;
        if self.selected.as_deref() != Some(folder) {
            self.selected = None;
            if self.client()?.count(folder.as_bytes())?.is_none() {
                return Ok(None);
            }
            self.client()?.select(folder.as_bytes(), true)?;
            self.selected = Some(folder.to_owned());
        }
        self.client().map(Some)
    }

    /// Does something; after a lost connection once more, with a new one.
    ///
    /// # Errors
    /// In words, without the password.
    pub fn again<T>(
        &mut self,
        mut work: impl FnMut(&mut Self) -> Result<T, Error>,
    ) -> Result<T, String> {
        let mut trial = 1;
        loop {
            match work(self) {
                Ok(done) => return Ok(done),
                Err(error) if error.is_lost() && trial < TRIALS => {
                    self.client = None;
                    trial += 1;
                }
                Err(error) => {
                    if error.is_lost() {
                        self.client = None;
                    }
                    let text = report::plain(&error.to_string());
                    return Err(report::without(&text, self.account.password.reveal()));
                }
            }
        }
    }

    /// Says goodbye.
    pub fn close(mut self) {
        if let Some(client) = self.client.take() {
            client.log_out();
        }
    }
}

#[derive(Serialize)]
struct Whole<'a> {
    dry_run: bool,
    mailboxes: &'a [Tally],
}

/// Does the work for each box, prints what came of it, and says whether all of it went well.
pub fn run(
    common: &Common,
    spool: &Spool,
    boxes: &[&Mailbox],
    did: &'static str,
    mut work: impl FnMut(&Mailbox, &indicatif::ProgressBar) -> Tally,
) -> bool {
    let bar = crate::progress::bar(0, "messages", common.json);
    let mut done: Vec<Tally> = Vec::new();
    for mailbox in boxes {
        bar.set_message(mailbox.id());
        let mut tally = work(mailbox, &bar);
        tally.mailbox = mailbox.id();
        done.push(tally);
    }
    bar.finish_and_clear();
    let well = done.iter().all(|tally| tally.failed == 0);
    if common.json {
        report::json(&Whole {
            dry_run: spool.dry_run,
            mailboxes: &done,
        });
        return well;
    }
    let did = if spool.dry_run { "would be" } else { did };
    let mut table = report::table(&["mailbox", did, "there before", "failed"]);
    for tally in &done {
        let numbers = [tally.moved, tally.present, tally.failed].map(|n| n.to_string());
        table.add_row([vec![tally.mailbox.clone()], numbers.to_vec()].concat());
    }
    use std::io::Write;
    let mut text = format!("{}\n\n", table.trim_fmt());
    for tally in &done {
        for note in &tally.notes {
            text += &format!("{}: {note}\n", tally.mailbox);
        }
    }
    let sum = |pick: fn(&Tally) -> usize| done.iter().map(pick).sum::<usize>();
    let (moved, present, failed) = (sum(|t| t.moved), sum(|t| t.present), sum(|t| t.failed));
    text += &format!("{moved} {did}, {present} there before, {failed} failed\n");
    let _ = std::io::stdout().write_all(text.as_bytes());
    well
}

//! `vmimap watch`: what the lamps should show, as it changes.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use c_client::client::{Client, Error};
use serde::Serialize;

use crate::account::{self, Counts};
use crate::cli::Common;
use crate::report;
use crate::time;
use crate::voicemail::{Mailbox, Voicemail};

/// How long an IDLE goes on; servers log out after half an hour, and routers forget connections before.
const IDLE: Duration = Duration::from_secs(9 * 60);
/// How long is waited before a connection is tried again, at first and at most.
const PAUSES: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(60)];
/// A watcher needs little.
const STACK: usize = 1 << 20;

/// What is known of a box.
type State = Result<Counts, String>;

/// What has changed.
#[derive(Serialize)]
struct Change<'a> {
    time: String,
    mailbox: String,
    #[serde(flatten)]
    counts: Option<Counts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

/// Watches, until `duration` seconds are over or nobody reads any more; whether every box could be counted at the end.
pub fn run(
    common: &Common,
    voicemail: &Voicemail,
    boxes: &[&Mailbox],
    interval: u32,
    duration: Option<u64>,
) -> bool {
    let until = duration.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let (send, hear) = mpsc::channel::<(usize, State)>();
    let mut states: Vec<Option<State>> = vec![None; boxes.len()];
    let mut screen = Screen::new(common.json);
    // What watches waits for servers, and ends with the process.
    for (index, mailbox) in boxes.iter().enumerate() {
        let watcher = Watcher {
            voicemail: voicemail.clone(),
            mailbox: (*mailbox).clone(),
            timeout: common.timeout,
            interval: Duration::from_secs(u64::from(interval)),
            index,
            send: send.clone(),
        };
        let started = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn(move || watcher.watch());
        if let Err(error) = started {
            states[index] = Some(Err(format!("cannot be watched: {error}")));
        }
    }
    loop {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let heard = match left {
            Some(left) => hear.recv_timeout(left),
            None => hear.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        let Ok((index, state)) = heard else {
            break;
        };
        states[index] = Some(state);
        if !screen.show(boxes, &states, index) {
            break;
        }
    }
    states.iter().all(|state| matches!(state, Some(Ok(_))))
}

/// One box's.
struct Watcher {
    voicemail: Voicemail,
    mailbox: Mailbox,
    timeout: u32,
    interval: Duration,
    index: usize,
    send: Sender<(usize, State)>,
}

impl Watcher {
    fn watch(&self) {
        let mut last: Option<State> = None;
        let mut pause = PAUSES[0];
        loop {
            let before = Instant::now();
            let Err(error) = self.session(&mut last) else {
                return;
            };
            let text = report::plain(&error.to_string());
            let password = self.voicemail.account(&self.mailbox).password;
            if !self.tell(&mut last, Err(report::without(&text, password.reveal()))) {
                return;
            }
            // A connection that was good for a while is tried again soon.
            pause = if before.elapsed() > PAUSES[1] {
                PAUSES[0]
            } else {
                (pause * 2).min(PAUSES[1])
            };
            std::thread::sleep(pause);
        }
    }

    /// Tells what is new; false when nobody listens.
    fn tell(&self, last: &mut Option<State>, state: State) -> bool {
        if last.as_ref() == Some(&state) {
            return true;
        }
        *last = Some(state.clone());
        self.send.send((self.index, state)).is_ok()
    }

    /// One connection; ends well when nobody listens any more.
    fn session(&self, last: &mut Option<State>) -> Result<(), Error> {
        let account = self.voicemail.account(&self.mailbox);
        if !account.user.is_set() {
            return Err(Error::Login("the box has no imapuser".to_owned()));
        }
        let (mut client, _) = account::open(&self.voicemail, &account, self.timeout)?;
        let delimiter = account::delimiter(&mut client)?;
        let folder = account::main_folder(&self.voicemail.general, &self.mailbox, delimiter);
        client.select(folder.as_bytes(), true)?;
        loop {
            let counts = account::count(&mut client, &self.mailbox)?;
            if !self.tell(last, Ok(counts)) {
                client.log_out();
                return Ok(());
            }
            self.wait(&mut client)?;
        }
    }

    fn wait(&self, client: &mut Client) -> Result<(), Error> {
        if client.capabilities().idle {
            client.idle(IDLE)?;
        } else {
            std::thread::sleep(self.interval);
        }
        client.poll()
    }
}

/// Where changes are shown.
struct Screen {
    json: bool,
    terminal: bool,
    /// Lines of the table that stands there.
    lines: usize,
}

impl Screen {
    fn new(json: bool) -> Screen {
        Screen {
            json,
            terminal: !json && std::io::stdout().is_terminal(),
            lines: 0,
        }
    }

    /// Shows that a box has changed; whether anybody reads it.
    fn show(&mut self, boxes: &[&Mailbox], states: &[Option<State>], index: usize) -> bool {
        let change = |index: usize| Change {
            time: time::moment(time::now()),
            mailbox: boxes[index].id(),
            counts: states[index]
                .as_ref()
                .and_then(|state| state.as_ref().ok().copied()),
            error: states[index]
                .as_ref()
                .and_then(|state| state.as_ref().err().map(String::as_str)),
        };
        if self.json {
            return report::json(&change(index));
        }
        let mut out = std::io::stdout();
        if !self.terminal {
            let Change {
                time,
                mailbox,
                counts,
                error,
            } = change(index);
            let line = match (counts, error) {
                (Some(counts), _) => format!(
                    "new {} old {} urgent {}",
                    counts.new, counts.old, counts.urgent
                ),
                (None, error) => format!("error: {}", error.unwrap_or_default()),
            };
            return writeln!(out, "{time} {mailbox} {line}").is_ok();
        }
        let mut table = report::table(&["mailbox", "new", "old", "urgent", ""]);
        for (mailbox, state) in boxes.iter().zip(states) {
            let (numbers, text) = match state {
                Some(Ok(counts)) => (
                    [counts.new, counts.old, counts.urgent].map(|n| n.to_string()),
                    String::new(),
                ),
                Some(Err(error)) => (["-", "-", "-"].map(str::to_owned), error.clone()),
                None => (["-", "-", "-"].map(str::to_owned), "…".to_owned()),
            };
            table.add_row([vec![mailbox.id()], numbers.to_vec(), vec![text]].concat());
        }
        let text = table.trim_fmt();
        // Over the table that stands there.
        let up = if self.lines > 0 {
            format!("\u{1b}[{}A\u{1b}[J", self.lines)
        } else {
            String::new()
        };
        self.lines = text.lines().count();
        writeln!(out, "{up}{text}")
            .and_then(|()| out.flush())
            .is_ok()
    }
}

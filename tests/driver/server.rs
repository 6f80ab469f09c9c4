//! A small IMAP server on loopback, in a thread: answers as the test says, else as a server with one mailbox of three
//! messages does. All its sockets have time limits, so that it ends whatever happens.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// Nothing here waits longer than this.
const LIMIT: Duration = Duration::from_secs(20);

/// The answer to a command given without its tag: `#` stands for the tag, [`HANGUP`] at the end closes the connection, [`STALL`]
/// answers nothing. `None` is the usual answer.
type Answer = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// At the end of an answer: closes the connection.
pub const HANGUP: &str = "!";
/// Says nothing.
pub const STALL: &str = "?";

/// The server; it ends when it is dropped.
pub struct Server {
    port: u16,
    stop: Arc<AtomicBool>,
    heard: Arc<Mutex<Vec<String>>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts one.
    pub fn start(answer: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback");
        let port = listener.local_addr().expect("bound").port();
        let stop = Arc::new(AtomicBool::new(false));
        let heard = Arc::new(Mutex::new(Vec::new()));
        let answer: Answer = Arc::new(answer);
        let (stopped, lines) = (Arc::clone(&stop), Arc::clone(&heard));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (answer, lines) = (Arc::clone(&answer), Arc::clone(&lines));
                std::thread::spawn(move || {
                    // A client that goes away ends the conversation, which is all there is to do.
                    let _ = converse(&stream, &*answer, &lines);
                });
            }
        });
        Self {
            port,
            stop,
            heard,
            thread: Some(thread),
        }
    }

    /// A mailbox on it.
    pub fn mailbox(&self, name: &str) -> String {
        format!("{{127.0.0.1:{}/imap/notls/user=user}}{name}", self.port)
    }

    /// The commands heard so far, without tags.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("no panic").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ =
            TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)), LIMIT);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn converse(
    stream: &TcpStream,
    answer: &(dyn Fn(&str) -> Option<String> + Send + Sync),
    heard: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    let mut out = stream;
    out.write_all(b"* OK [CAPABILITY IMAP4rev1 UIDPLUS] ready\r\n")?;
    let mut input = BufReader::new(stream);
    let mut line = String::new();
    loop {
        line.clear();
        if input.read_line(&mut line)? == 0 {
            return Ok(());
        }
        while let Some(size) = announced(&line) {
            out.write_all(b"+ go on\r\n")?;
            let mut literal = vec![0; size];
            input.read_exact(&mut literal)?;
            line.push_str(&String::from_utf8_lossy(&literal));
            input.read_line(&mut line)?;
        }
        let (tag, command) = line.trim_end().split_once(' ').unwrap_or((&line, ""));
        heard.lock().expect("no panic").push(command.to_owned());
        let answered = answer(command).unwrap_or_else(|| usual(command));
        match answered.as_str() {
            STALL => {}
            text => {
                out.write_all(text.trim_end_matches(HANGUP).replace('#', tag).as_bytes())?;
                if text.ends_with(HANGUP) {
                    return Ok(());
                }
            }
        }
    }
}

/// The size of the literal that a line announces.
fn announced(line: &str) -> Option<usize> {
    let inner = line.trim_end().strip_suffix('}')?;
    inner[inner.rfind('{')? + 1..].parse().ok()
}

fn usual(command: &str) -> String {
    let name = command.split(' ').next().unwrap_or("");
    match name {
        "SELECT" | "EXAMINE" => "* FLAGS (\\Seen \\Deleted)\r\n\
            * OK [PERMANENTFLAGS (\\Seen \\Deleted)] these\r\n* 3 EXISTS\r\n* 1 RECENT\r\n\
            * OK [UIDVALIDITY 7] valid\r\n# OK [READ-WRITE] selected\r\n"
            .to_owned(),
        "FETCH" => fetched(command),
        "LOGIN" => "# OK [CAPABILITY IMAP4rev1 UIDPLUS QUOTA] in\r\n".to_owned(),
        "LOGOUT" => "* BYE bye\r\n# OK done\r\n".to_owned(),
        "STATUS" => "* STATUS INBOX (MESSAGES 3)\r\n# OK done\r\n".to_owned(),
        _ => "# OK done\r\n".to_owned(),
    }
}

/// A header, or UID and flags, of the messages asked for.
fn fetched(command: &str) -> String {
    let set = command.split(' ').nth(1).unwrap_or("1");
    let mut answer = String::new();
    for range in set.split(',') {
        let (first, last) = range.split_once(':').unwrap_or((range, range));
        let number = |text: &str| text.parse::<u32>().unwrap_or(1);
        for n in number(first)..=number(last) {
            answer += &if command.contains("HEADER]") {
                let header = "Subject: hi\r\n\r\n";
                format!(
                    "* {n} FETCH (BODY[HEADER] {{{}}}\r\n{header})\r\n",
                    header.len()
                )
            } else {
                format!("* {n} FETCH (UID 1{n} FLAGS (\\Seen))\r\n")
            };
        }
    }
    answer + "# OK done\r\n"
}

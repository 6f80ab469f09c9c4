//! Runs the command that prints a token.
//!
//! The host program has its own children, and may collect ours before we do (Asterisk's SIGCHLD handler waits for any).
//! So the end of a command is the end of its output, and its exit status counts only if it is still to be had.

use std::io::{ErrorKind, Read};
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::limits;
use crate::sasl::Secret;
use crate::token::{Token, printable, read_answer};

/// The search path of commands, whatever the host program's is.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// How long a command that has closed its output may take to end.
const GRACE: Duration = Duration::from_millis(500);
/// Octets of complaints that are kept.
const COMPLAINT: usize = 1_024;

/// Runs it, `words` being program and arguments, and reads the token.
///
/// It gets no input, a clean environment (`PATH`, `HOME`, `LANG=C`), the directory `/`, none of the host's descriptors,
/// and a process group of its own, which is killed after `timeout`.
///
/// # Errors
/// Why there is no token, in words.
pub fn run(words: &[String], home: &std::ffi::CStr, timeout: Duration) -> Result<Token, String> {
    let until = Instant::now() + timeout;
    let mut running = Running::start(words, home)?;
    let (answer, complaint) = running.listen(until, timeout)?;
    let status = running.end(until);
    if let Some(status) = status.filter(|status| !status.success()) {
        let how = match (status.code(), status.signal()) {
            (Some(code), _) => format!("failed with exit status {code}"),
            (None, signal) => format!("was ended by signal {}", signal.unwrap_or(0)),
        };
        return Err(with_complaint(how, &complaint));
    }
    read_answer(&answer).map_err(|error| with_complaint(error, &complaint))
}

fn with_complaint(what: String, complaint: &[u8]) -> String {
    match printable(complaint) {
        text if text.is_empty() => what,
        text => format!("{what}; it says: {text}"),
    }
}

/// A command and what is left of it; killed with its group when dropped before its end.
struct Running {
    child: Child,
    over: bool,
}

/// Lets descriptors that the host program left open to its children close on exec; where the kernel does not know the
/// call (Linux before 5.11), they stay open as the host program chose.
fn close_on_exec() {
    const FIRST: libc::c_uint = 3;
    let how = libc::CLOSE_RANGE_CLOEXEC as _;
    // SAFETY: marks descriptors and closes none. Not every C library of Linux has a function for the call.
    #[cfg(target_os = "linux")]
    unsafe {
        let how: libc::c_uint = how;
        libc::syscall(libc::SYS_close_range, FIRST, libc::c_uint::MAX, how)
    };
    // SAFETY: as above.
    #[cfg(not(target_os = "linux"))]
    unsafe {
        libc::close_range(FIRST, libc::c_uint::MAX, how)
    };
}

impl Running {
    fn start(words: &[String], home: &std::ffi::CStr) -> Result<Self, String> {
        let (program, arguments) = words.split_first().ok_or("there is no command")?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .env("PATH", PATH)
            .env("LANG", "C")
            .env("HOME", home.to_str().unwrap_or("/"))
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        // SAFETY: runs between fork and exec, where only what is safe in signal handlers may be done: signal and a bare
        // system call are. A host program that ignores SIGCHLD must not hand that on: shells then cannot wait.
        unsafe {
            command.pre_exec(|| {
                libc::signal(libc::SIGCHLD, libc::SIG_DFL);
                close_on_exec();
                Ok(())
            });
        }
        match command.spawn() {
            Ok(child) => Ok(Self { child, over: false }),
            Err(error) => Err(format!("cannot be started: {error}")),
        }
    }

    /// Reads until the output ends. Complaints are read, too, lest the command wait for us.
    fn listen(&mut self, until: Instant, timeout: Duration) -> Result<(Secret, Vec<u8>), String> {
        let (Some(mut out), Some(mut err)) = (self.child.stdout.take(), self.child.stderr.take())
        else {
            return Err("it has no output".to_owned());
        };
        // Never grows, so that no copy is left behind.
        let mut answer = Secret::new(Vec::with_capacity(limits::TOKEN_ANSWER + 1));
        let mut complaint = Vec::new();
        let mut piece = Secret::new(vec![0; 4_096]);
        let mut err_open = true;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(with_complaint(
                    format!(
                        "did not end in {} seconds and was killed",
                        timeout.as_secs()
                    ),
                    &complaint,
                ));
            }
            let mut fds = vec![PollFd::from_borrowed_fd(out.as_fd(), PollFlags::IN)];
            if err_open {
                fds.push(PollFd::from_borrowed_fd(err.as_fd(), PollFlags::IN));
            }
            match poll(&mut fds, Timespec::try_from(left).ok().as_ref()) {
                Ok(_) => {}
                Err(rustix::io::Errno::INTR) => continue,
                Err(error) => return Err(format!("cannot be listened to: {error}")),
            }
            let ready: Vec<bool> = fds.iter().map(|fd| !fd.revents().is_empty()).collect();
            if ready.get(1) == Some(&true) {
                let got = read(&mut err, &mut piece)?;
                err_open = got > 0;
                let room = COMPLAINT.saturating_sub(complaint.len());
                complaint.extend_from_slice(&piece[..got.min(room)]);
            }
            if ready[0] {
                let got = read(&mut out, &mut piece)?;
                if got == 0 {
                    self.last_words(&mut err, err_open, &mut complaint, &mut piece);
                    return Ok((answer, complaint));
                }
                if answer.len() + got > limits::TOKEN_ANSWER {
                    return Err(format!(
                        "printed more than {} octets and was killed",
                        limits::TOKEN_ANSWER
                    ));
                }
                answer.extend_from_slice(&piece[..got]);
            }
        }
    }

    /// What it has complained about before its output ended, without waiting for more.
    fn last_words(
        &self,
        err: &mut impl ReadFd,
        open: bool,
        complaint: &mut Vec<u8>,
        piece: &mut Secret,
    ) {
        let now = Timespec::default();
        if !open || complaint.len() >= COMPLAINT {
            return;
        }
        let mut fds = [PollFd::from_borrowed_fd(err.as_fd(), PollFlags::IN)];
        if matches!(poll(&mut fds, Some(&now)), Ok(1..)) {
            let got = read(err, piece).unwrap_or(0);
            let room = COMPLAINT - complaint.len();
            complaint.extend_from_slice(&piece[..got.min(room)]);
        }
    }

    /// Its exit status, if it has ended and nobody else has collected it. What does not end is killed.
    fn end(&mut self, until: Instant) -> Option<ExitStatus> {
        let until = until.min(Instant::now() + GRACE);
        let mut pause = Duration::from_micros(200);
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => {
                    self.over = true;
                    return Some(status);
                }
                // ECHILD: the host program was first.
                Err(_) => {
                    self.over = true;
                    return None;
                }
                Ok(None) if Instant::now() >= until => return None,
                Ok(None) => std::thread::sleep(pause),
            }
            pause = (pause * 2).min(Duration::from_millis(20));
        }
    }
}

trait ReadFd: Read + AsFd {}
impl<T: Read + AsFd> ReadFd for T {}

fn read(from: &mut impl Read, piece: &mut [u8]) -> Result<usize, String> {
    loop {
        match from.read(piece) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            other => return other.map_err(|error| format!("cannot be listened to: {error}")),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        // A command that has not ended, or whose children hold its output. Its number can be another's only if the host
        // program has collected it, its whole group is gone, and all numbers have been given once more meanwhile.
        if let Ok(group) = libc::pid_t::try_from(self.child.id()) {
            // SAFETY: sends a signal; no memory is touched.
            unsafe { libc::kill(-group, libc::SIGKILL) };
        }
        // Killed, it ends at once, unless it hangs in the kernel; then init or the host program will collect it.
        for _ in 0..50 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

#[cfg(test)]
mod tests;

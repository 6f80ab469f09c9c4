//! A checker, mover and watcher of Asterisk's voicemail in IMAP servers.

use std::process::ExitCode;

use clap::Parser;

mod account;
mod check;
mod cli;
mod conf;
mod export;
mod import;
mod mail;
mod progress;
mod report;
mod spool;
mod time;
mod transfer;
mod voicemail;
mod watch;

use cli::{Cli, Command, Common};
use report::Level;
use voicemail::{Mailbox, Voicemail};

/// Something is wrong.
const WRONG: u8 = 1;
/// The command line is wrong.
const USAGE: u8 = 2;
/// The configuration cannot be read.
const CONFIGURATION: u8 = 3;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match &cli.command {
        Command::Check {
            common,
            strict,
            jobs,
        } => with(common, |voicemail, boxes| {
            let worst = check::run(common, voicemail, boxes, *jobs);
            let bad = if *strict {
                Level::Warning
            } else {
                Level::Error
            };
            worst.is_none_or(|worst| worst < bad)
        }),
        Command::Import { common, spool } => with(common, |voicemail, boxes| {
            import::run(common, spool, voicemail, boxes)
        }),
        Command::Export { common, spool } => with(common, |voicemail, boxes| {
            export::run(common, spool, voicemail, boxes)
        }),
        Command::Watch {
            common,
            interval,
            duration,
        } => with(common, |voicemail, boxes| {
            watch::run(common, voicemail, boxes, *interval, *duration)
        }),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(WRONG),
        Err((status, text)) => {
            eprintln!("vmimap: {text}");
            ExitCode::from(status)
        }
    }
}

/// Reads the configuration, finds the boxes, and does something with them.
fn with(
    common: &Common,
    work: impl FnOnce(&Voicemail, &[&Mailbox]) -> bool,
) -> Result<bool, (u8, String)> {
    let voicemail = Voicemail::read(&common.config, common.etc.as_deref())
        .map_err(|error| (CONFIGURATION, error))?;
    let boxes = voicemail
        .chosen(&common.mailboxes)
        .map_err(|error| (USAGE, error))?;
    Ok(work(&voicemail, &boxes))
}

//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Behind the options in the manual page and in `--help`.
const AFTER: &str = "\
Exit status: 0 all is well; 1 something is wrong, or could not be moved; 2 the command line is wrong; 3 the configuration \
cannot be read, or Asterisk would not take it.

Tokens (OAuth 2) are got as /etc/c-client.conf says, or the file that C_CLIENT_CONFIG names; tickets (Kerberos) are the \
caller's; trusted are the authorities of the system, or those that SSL_CERT_FILE and SSL_CERT_DIR name. So run vmimap as \
the user that Asterisk runs as. No output ever shows a password.";

/// Checks, fills, empties and watches IMAP mailboxes that hold Asterisk's voicemail
///
/// vmimap reads Asterisk's own voicemail.conf, and connects and logs in as Asterisk does with IMAP storage
/// (app_voicemail_imap) on this library.
#[derive(Debug, Parser)]
#[command(name = "vmimap", version, disable_help_subcommand = true, after_help = AFTER, after_long_help = AFTER)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What all commands take.
#[derive(Args, Clone, Debug)]
pub struct Common {
    /// Asterisk's configuration of voicemail
    #[arg(default_value = "/etc/asterisk/voicemail.conf")]
    pub config: PathBuf,
    /// Directory that names of included files are relative to [default: that of the configuration]
    #[arg(long, value_name = "DIR")]
    pub etc: Option<PathBuf>,
    /// Only this box, as 100@default, 100 or @default; may be given several times
    #[arg(short, long = "mailbox", value_name = "BOX")]
    pub mailboxes: Vec<String>,
    /// Longest time for a step of the network; the configuration's own limits hold if they are shorter
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub timeout: u32,
    /// Print JSON, for programs
    #[arg(long)]
    pub json: bool,
}

/// Where files of voicemail lie.
#[derive(Args, Clone, Debug)]
pub struct Spool {
    /// Directory of file-based voicemail, with a directory for each context
    #[arg(
        long,
        value_name = "DIR",
        default_value = "/var/spool/asterisk/voicemail"
    )]
    pub spool: PathBuf,
    /// Say what would be done, and do nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Try every mailbox: connect, TLS, login, folders, quota, counts; say which line to change
    Check {
        #[command(flatten)]
        common: Common,
        /// Warnings count as errors
        #[arg(long)]
        strict: bool,
        /// How many mailboxes are tried at a time
        #[arg(short, long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=64))]
        jobs: u32,
    },
    /// Put file-based voicemail into IMAP; may be interrupted and run again, and puts nothing in twice
    Import {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        spool: Spool,
    },
    /// Write the voicemail in IMAP as files; may be interrupted and run again, and writes nothing twice
    Export {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        spool: Spool,
    },
    /// Show the numbers of new, old and urgent messages as they change
    Watch {
        #[command(flatten)]
        common: Common,
        /// Seconds between two looks where the server cannot tell by itself (IDLE)
        #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3600))]
        interval: u32,
        /// End after this time
        #[arg(long = "for", value_name = "SECONDS")]
        duration: Option<u64>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use std::path::Path;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    /// `UPDATE_MAN=1 cargo test` writes it anew.
    #[test]
    fn the_manual_page_is_current() {
        let mut page = Vec::new();
        let command = Cli::command();
        clap_mangen::Man::new(command.clone())
            .render(&mut page)
            .expect("memory");
        for sub in command.get_subcommands() {
            let name = format!("vmimap {}", sub.get_name());
            let man = clap_mangen::Man::new(sub.clone().bin_name(name.clone()));
            page.extend(format!(".SH {}\n", name.to_uppercase()).into_bytes());
            man.render_synopsis_section(&mut page).expect("memory");
            man.render_description_section(&mut page).expect("memory");
            man.render_options_section(&mut page).expect("memory");
        }
        // Sections of a command are sub-sections of the page.
        let mut text = String::new();
        let mut inner = false;
        for line in String::from_utf8(page).expect("text").lines() {
            inner |= line.starts_with(".SH VMIMAP ");
            let section = line
                .strip_prefix(".SH ")
                .filter(|name| inner && !name.starts_with("VMIMAP "));
            match section {
                Some(name) => text += &format!(".SS {name}\n"),
                None => text += &format!("{line}\n"),
            }
        }
        // All of them stand on this page.
        for sub in command.get_subcommands() {
            let (page, words) = (
                format!("vmimap\\-{}(1)", sub.get_name()),
                format!("vmimap {}", sub.get_name()),
            );
            text = text.replace(&page, &words);
        }
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("vmimap.1");
        if std::env::var_os("UPDATE_MAN").is_some() {
            std::fs::write(&file, &text).expect("a file");
        }
        let committed = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            committed == text,
            "vmimap.1 is stale: UPDATE_MAN=1 cargo test"
        );
    }
}

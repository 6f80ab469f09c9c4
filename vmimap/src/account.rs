//! A box's account: logging in, and finding its messages as Asterisk does.

use c_client::client::{Client, Error, LogIn, Search};
use serde::Serialize;

use crate::voicemail::{Account, General, Mailbox, Voicemail};

/// Folders beside that of new and old messages, in Asterisk's order.
pub const FOLDERS: [&str; 9] = [
    "Work", "Family", "Friends", "Cust1", "Cust2", "Cust3", "Cust4", "Cust5", "Deleted",
];

/// How many messages a box has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Neither heard nor urgent.
    pub new: usize,
    /// Heard.
    pub old: usize,
    /// Urgent and not heard.
    pub urgent: usize,
}

/// Connects and logs in for a box.
///
/// # Errors
/// In the client's words; a mailbox name that is none, too.
pub fn open(
    voicemail: &Voicemail,
    account: &Account,
    timeout: u32,
) -> Result<(Client, LogIn), Error> {
    let (parsed, _) = account.parse()?;
    let mut client = Client::connect(&parsed, voicemail.timeouts(timeout))?;
    let password = account.password.reveal();
    let how = client.log_in((!password.is_empty()).then_some(password.as_bytes()))?;
    Ok((client, how))
}

/// The folder of new and old messages, as the server with this delimiter knows it: Asterisk puts its delimiter in the place
/// of each `/`.
pub fn main_folder(general: &General, mailbox: &Mailbox, delimiter: Option<u8>) -> String {
    let own = &mailbox.imapfolder;
    let name = if own.is_set() {
        own
    } else {
        &general.imapfolder
    };
    match delimiter {
        Some(delimiter) => name.value.replace('/', &char::from(delimiter).to_string()),
        None => name.value.clone(),
    }
}

/// One of [`FOLDERS`] on the server.
pub fn side_folder(general: &General, name: &str, delimiter: Option<u8>) -> String {
    let parent = &general.imapparentfolder;
    if !parent.is_set() {
        return name.to_owned();
    }
    let delimiter = char::from(delimiter.unwrap_or(b'/'));
    format!("{}{delimiter}{name}", parent.value)
}

/// What stands between the parts of a folder's name.
///
/// # Errors
/// A lost connection, mostly.
pub fn delimiter(client: &mut Client) -> Result<Option<u8>, Error> {
    Ok(client.list("")?.first().and_then(|item| item.delimiter))
}

/// What Asterisk searches for a box in a folder: part of the box's number and context in the header, and not deleted.
pub fn of(mailbox: &Mailbox) -> Search {
    Search {
        header: vec![
            (
                "X-Asterisk-VM-Extension".to_owned(),
                mailbox.extension().to_owned(),
            ),
            ("X-Asterisk-VM-Context".to_owned(), mailbox.context.clone()),
        ],
        deleted: Some(false),
        ..Search::default()
    }
}

/// Counts in the selected folder, by the three searches that Asterisk makes.
///
/// # Errors
/// The server's refusal, a lost connection.
pub fn count(client: &mut Client, mailbox: &Mailbox) -> Result<Counts, Error> {
    let mut number = |seen: bool, flagged: Option<bool>| {
        let search = Search {
            seen: Some(seen),
            flagged,
            ..of(mailbox)
        };
        client.search(&search).map(|found| found.len())
    };
    Ok(Counts {
        new: number(false, Some(false))?,
        old: number(true, None)?,
        urgent: number(false, Some(true))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voicemail::Setting;

    fn set(value: &str) -> Setting {
        Setting {
            value: value.to_owned(),
            place: None,
        }
    }

    #[test]
    fn folders_are_named_as_asterisk_names_them() {
        let mut general = General {
            imapfolder: set("INBOX/Voice"),
            ..General::default()
        };
        let mut mailbox = Mailbox::default();
        assert_eq!(main_folder(&general, &mailbox, Some(b'.')), "INBOX.Voice");
        assert_eq!(main_folder(&general, &mailbox, None), "INBOX/Voice");
        mailbox.imapfolder = set("Own");
        assert_eq!(main_folder(&general, &mailbox, Some(b'/')), "Own");
        assert_eq!(side_folder(&general, "Work", Some(b'.')), "Work");
        general.imapparentfolder = set("INBOX");
        assert_eq!(side_folder(&general, "Work", Some(b'.')), "INBOX.Work");
    }
}

//! What to look for in a mailbox.

use crate::imap::search::SearchProgram;

/// What messages must be like; everything in it must hold, and what is left empty says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Field of the header, and what its value holds somewhere, in whatever case.
    pub header: Vec<(String, String)>,
    /// With `\Seen`, or without.
    pub seen: Option<bool>,
    /// With `\Flagged`, or without.
    pub flagged: Option<bool>,
    /// With `\Deleted`, or without.
    pub deleted: Option<bool>,
}

impl Search {
    /// As the arguments of SEARCH.
    pub(super) fn program(&self) -> SearchProgram {
        let is = |wanted: Option<bool>, value: bool| wanted == Some(value);
        SearchProgram {
            header: self
                .header
                .iter()
                .map(|(name, text)| (name.clone().into_bytes(), text.clone().into_bytes()))
                .collect(),
            seen: is(self.seen, true),
            unseen: is(self.seen, false),
            flagged: is(self.flagged, true),
            unflagged: is(self.flagged, false),
            deleted: is(self.deleted, true),
            undeleted: is(self.deleted, false),
            ..SearchProgram::default()
        }
    }
}

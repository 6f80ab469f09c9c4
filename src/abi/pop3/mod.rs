//! The POP3 driver: the functions behind `pop3driver` (UW's pop3.c). One mailbox, INBOX; flags live as long as the
//! stream; what is not here is done by the upper layer, as for any driver that has only headers and texts.

pub mod folders;
pub mod login;
pub mod messages;
pub mod open;

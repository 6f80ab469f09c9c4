//! What the C headers need to know and Rust does not say: tags, names, which header.

/// How a struct is named in C beside its tag.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// `#define NAME struct tag`.
    Define,
    /// `typedef struct tag NAME;`.
    Typedef,
    /// By its tag only.
    Tag,
}

/// A public struct: Rust name, C tag, C name, kind of name, header.
pub type Struct = (&'static str, &'static str, &'static str, Name, &'static str);

use Name::{Define, Tag, Typedef};

/// All public structs, in the order the headers declare them: members by value come first.
#[rustfmt::skip]
pub const STRUCTS: &[Struct] = &[
    ("SizedText", "mail_sizedtext", "SIZEDTEXT", Define, "mail.h"),
    ("StringList", "string_list", "STRINGLIST", Define, "mail.h"),
    ("Address", "mail_address", "ADDRESS", Define, "mail.h"),
    ("Envelope", "mail_envelope", "ENVELOPE", Typedef, "mail.h"),
    ("Parameter", "mail_body_parameter", "PARAMETER", Define, "mail.h"),
    ("PartText", "mail_body_text", "PARTTEXT", Define, "mail.h"),
    ("Body", "mail_bodystruct", "BODY", Define, "mail.h"),
    ("Part", "mail_body_part", "PART", Define, "mail.h"),
    ("Message", "mail_body_message", "MESSAGE", Define, "mail.h"),
    ("MessageCache", "message_cache", "MESSAGECACHE", Typedef, "mail.h"),
    ("Overview", "mail_overview", "OVERVIEW", Typedef, "mail.h"),
    ("MailString", "mailstring", "STRING", Typedef, "mail.h"),
    ("StringDriver", "string_driver", "STRINGDRIVER", Define, "mail.h"),
    ("MailStream", "mail_stream", "MAILSTREAM", Typedef, "mail.h"),
    ("MailHandle", "mail_stream_handle", "MAILHANDLE", Typedef, "mail.h"),
    ("GetsData", "getsdata", "GETS_DATA", Typedef, "mail.h"),
    ("MailStatus", "mbx_status", "MAILSTATUS", Typedef, "mail.h"),
    ("SearchPgm", "search_program", "SEARCHPGM", Define, "mail.h"),
    ("SearchSet", "search_set", "SEARCHSET", Define, "mail.h"),
    ("SearchHeader", "search_header", "SEARCHHEADER", Define, "mail.h"),
    ("SearchOr", "search_or", "SEARCHOR", Define, "mail.h"),
    ("SearchPgmList", "search_pgm_list", "SEARCHPGMLIST", Define, "mail.h"),
    ("SortPgm", "sort_program", "SORTPGM", Define, "mail.h"),
    ("SortCache", "sort_cache", "SORTCACHE", Define, "mail.h"),
    ("ThreadNode", "thread_node", "THREADNODE", Define, "mail.h"),
    ("Threader", "threader_list", "THREADER", Define, "mail.h"),
    ("AclList", "acl_list", "ACLLIST", Define, "mail.h"),
    ("Annotation", "annotation", "ANNOTATION", Define, "mail.h"),
    ("AnnotationValues", "annotation_value_list", "ANNOTATION_VALUES", Define, "mail.h"),
    ("QuotaList", "quota_list", "QUOTALIST", Define, "mail.h"),
    ("Namespace", "mail_namespace", "NAMESPACE", Define, "mail.h"),
    ("Driver", "driver", "DRIVER", Define, "mail.h"),
    ("Authenticator", "mail_authenticator", "AUTHENTICATOR", Define, "mail.h"),
    ("NetMbx", "net_mailbox", "NETMBX", Typedef, "mail.h"),
    ("NetDriver", "net_driver", "NETDRIVER", Define, "mail.h"),
    ("NetStream", "net_stream", "NETSTREAM", Typedef, "mail.h"),
    ("SendStream", "send_stream", "SENDSTREAM", Typedef, "mail.h"),
    ("ImapCap", "imap_cap", "IMAPCAP", Typedef, "imap4r1.h"),
    ("Rfc822Buffer", "rfc822buffer", "RFC822BUFFER", Typedef, "rfc822.h"),
    ("Script", "utf8_scent", "SCRIPT", Typedef, "utf8.h"),
    ("Charset", "utf8_csent", "CHARSET", Typedef, "utf8.h"),
    ("Utf8EucParam", "utf8_eucparam", "utf8_eucparam", Tag, "utf8.h"),
    ("DotLock", "dotlock_base", "DOTLOCK", Typedef, "env_unix.h"),
    ("HashEnt", "hash_entry", "HASHENT", Define, "misc.h"),
    ("HashTab", "hash_table", "HASHTAB", Define, "misc.h"),
    ("FdData", "fd_data", "FDDATA", Typedef, "fdstring.h"),
];

/// Function types that are not in `mail.h`.
pub const FUNCTION_TYPES: &[(&str, &str)] = &[
    ("soutr_t", "rfc822.h"),
    ("rfc822out_t", "rfc822.h"),
    ("rfc822outfull_t", "rfc822.h"),
    ("ucs4cn_t", "utf8.h"),
    ("ucs4de_t", "utf8.h"),
];

/// The header of a type that C names `name` or that has that tag.
pub fn header_of(name: &str) -> &'static str {
    let special = FUNCTION_TYPES
        .iter()
        .find(|(typedef, _)| *typedef == name)
        .map(|found| found.1);
    let of_struct = || {
        STRUCTS
            .iter()
            .find(|item| item.1 == name)
            .map(|item| item.4)
    };
    special.or_else(of_struct).unwrap_or("mail.h")
}

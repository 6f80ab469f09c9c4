//! Rust's own layout of the public structs against the tables of the C layouts.

#[path = "support/bit_fields.rs"]
mod bit_fields;
#[path = "support/host.rs"]
mod host;

use c_client::abi::types::*;
use std::collections::BTreeMap;

/// Size, alignment, and members (name, offset) of one struct.
struct Layout {
    name: &'static str,
    size: usize,
    align: usize,
    members: Vec<(String, usize)>,
}

macro_rules! layouts {
    ($($name:literal $ty:ident { $($($member:ident).+,)* })*) => { vec![$(Layout {
        name: $name,
        size: size_of::<$ty>(),
        align: align_of::<$ty>(),
        members: vec![$((
            stringify!($($member).+).replace("r#", "").replace(' ', ""),
            std::mem::offset_of!($ty, $($member).+),
        ),)*],
    },)*] };
}

/// Every member that is no bit-field, as the tables name it.
fn layouts() -> Vec<Layout> {
    layouts! {
        "ACLLIST (struct acl_list)" AclList {
            identifier, rights, next,
        }
        "ANNOTATION (struct annotation)" Annotation {
            mbox, entry, values,
        }
        "ANNOTATION_VALUES (struct annotation_value_list)" AnnotationValues {
            attr, value, next,
        }
        "CHARSET (struct utf8_csent)" Charset {
            name, r#type, flags, tab, script, preferred,
        }
        "DOTLOCK (struct dotlock_base)" DotLock {
            lock, pipei, pipeo,
        }
        "DRIVER (struct driver)" Driver {
            name, flags, next, valid, parameters, scan, list, lsub, subscribe, unsubscribe,
            create, mbxdel, mbxren, status, open, close, fast, msgflags, overview, structure,
            header, text, msgdata, uid, msgno, flag, flagmsg, search, sort, thread, ping, check,
            expunge, copy, append, gc,
        }
        "ENVELOPE (struct mail_envelope)" Envelope {
            remail, return_path, date, from, sender, reply_to, subject, to, cc, bcc, in_reply_to,
            message_id, newsgroups, followup_to, references, sparep,
        }
        "GETS_DATA (struct getsdata)" GetsData {
            stream, msgno, what, stl, first, last, flags,
        }
        "hash_entry" HashEnt {
            next, name, data,
        }
        "hash_table" HashTab {
            size, table,
        }
        "IMAPCAP (struct imap_cap)" ImapCap {
            extlevel, threader,
        }
        "ADDRESS (struct mail_address)" Address {
            personal, adl, mailbox, host, error, orcpt, orcpt.r#type, orcpt.addr, next,
        }
        "AUTHENTICATOR (struct mail_authenticator)" Authenticator {
            flags, name, valid, client, server, next,
        }
        "MESSAGE (struct mail_body_message)" Message {
            env, body, full, lines, header, text,
        }
        "PARAMETER (struct mail_body_parameter)" Parameter {
            attribute, value, next,
        }
        "PART (struct mail_body_part)" Part {
            body, next,
        }
        "PARTTEXT (struct mail_body_text)" PartText {
            offset, text,
        }
        "BODY (struct mail_bodystruct)" Body {
            r#type, encoding, subtype, parameter, id, description, disposition,
            disposition.r#type, disposition.parameter, language, location, mime, contents, nested,
            nested.part, nested.msg, size, size.lines, size.bytes, md5, sparep,
        }
        "NAMESPACE (struct mail_namespace)" Namespace {
            name, delimiter, param, next,
        }
        "SIZEDTEXT (struct mail_sizedtext)" SizedText {
            data, size,
        }
        "MAILHANDLE (struct mail_stream_handle)" MailHandle {
            stream, sequence,
        }
        "MAILSTATUS (struct mbx_status)" MailStatus {
            flags, messages, recent, unseen, uidnext, uidvalidity,
        }
        "MAILSTREAM (struct mail_stream)" MailStream {
            dtb, local, mailbox, original_mailbox, r#use, sequence, perm_user_flags, gensym,
            nmsgs, recent, uid_validity, uid_last, user_flags, cachesize, cache, sc, msgno, env,
            body, text, snarf, snarf.name, snarf.time, snarf.options, private, private.search,
            private.search.string, private.search.result, private.search.text, private.string,
            sparep,
        }
        "MESSAGECACHE (struct message_cache)" MessageCache {
            msgno, rfc822_size, private, private.uid, private.r#mod, private.special, private.msg,
            private.spare, private.spare.data, private.spare.ptr, sparep, user_flags,
        }
        "NETDRIVER (struct net_driver)" NetDriver {
            open, aopen, getline, getbuffer, soutr, sout, close, host, remotehost, port,
            localhost,
        }
        "NETMBX (struct net_mailbox)" NetMbx {
            host, orighost, user, authuser, mailbox, service, port,
        }
        "NETSTREAM (struct net_stream)" NetStream {
            stream, dtb,
        }
        "OVERVIEW (struct mail_overview)" Overview {
            subject, from, date, message_id, references, optional, optional.octets,
            optional.lines, optional.xref,
        }
        "QUOTALIST (struct quota_list)" QuotaList {
            name, usage, limit, next,
        }
        "RFC822BUFFER (struct rfc822buffer)" Rfc822Buffer {
            f, s, beg, cur, end,
        }
        "SCRIPT (struct utf8_scent)" Script {
            name, description, script,
        }
        "SEARCHHEADER (struct search_header)" SearchHeader {
            line, text, next,
        }
        "SEARCHOR (struct search_or)" SearchOr {
            first, second, next,
        }
        "SEARCHPGMLIST (struct search_pgm_list)" SearchPgmList {
            pgm, next,
        }
        "SEARCHPGM (struct search_program)" SearchPgm {
            msgno, uid, or, not, header, bcc, body, cc, from, keyword, unkeyword, subject, text,
            to, larger, smaller, older, younger, sentbefore, senton, sentsince, before, on, since,
            return_path, sender, reply_to, in_reply_to, message_id, newsgroups, followup_to,
            references,
        }
        "SEARCHSET (struct search_set)" SearchSet {
            first, last, next,
        }
        "SENDSTREAM (struct send_stream)" SendStream {
            netstream, host, reply, replycode, protocol, protocol.esmtp, protocol.esmtp.service,
            protocol.esmtp.eightbit, protocol.esmtp.dsn, protocol.esmtp.dsn.notify,
            protocol.esmtp.dsn.envid, protocol.esmtp.size, protocol.esmtp.size.limit,
            protocol.esmtp.deliverby, protocol.esmtp.deliverby.minby, protocol.esmtp.atrn,
            protocol.esmtp.atrn.domains, protocol.nntp, protocol.nntp.ext,
        }
        "SORTCACHE (struct sort_cache)" SortCache {
            pgm, num, date, arrival, size, from, to, cc, subject, message_id, unique, references,
        }
        "SORTPGM (struct sort_program)" SortPgm {
            function, nmsgs, progress, progress.cached, progress.sorted, progress.postsorted,
            postsort, next,
        }
        "STRING (struct mailstring)" MailString {
            data, data1, size, chunk, chunksize, offset, curpos, cursize, dtb,
        }
        "STRINGDRIVER (struct string_driver)" StringDriver {
            init, next, setpos,
        }
        "STRINGLIST (struct string_list)" StringList {
            text, next,
        }
        "THREADNODE (struct thread_node)" ThreadNode {
            num, sc, branch, next,
        }
        "THREADER (struct threader_list)" Threader {
            name, dispatch, next,
        }
        "utf8_eucparam" Utf8EucParam {
            tab,
        }
    }
}

/// The words of bit-fields that lie in nested structs: where those start.
fn nested() -> BTreeMap<&'static str, (&'static str, &'static str, usize)> {
    use std::mem::offset_of;
    BTreeMap::from([
        (
            "MessageCachePrivate",
            (
                "MESSAGECACHE",
                "private.",
                offset_of!(MessageCache, private),
            ),
        ),
        (
            "SendStreamProtocolEsmtp",
            (
                "SENDSTREAM",
                "protocol.esmtp.",
                offset_of!(SendStream, protocol.esmtp),
            ),
        ),
        (
            "SendStreamProtocolEsmtpService",
            (
                "SENDSTREAM",
                "protocol.esmtp.service.",
                offset_of!(SendStream, protocol.esmtp.service),
            ),
        ),
        (
            "SendStreamProtocolEsmtpEightbit",
            (
                "SENDSTREAM",
                "protocol.esmtp.eightbit.",
                offset_of!(SendStream, protocol.esmtp.eightbit),
            ),
        ),
        (
            "SendStreamProtocolEsmtpDsn",
            (
                "SENDSTREAM",
                "protocol.esmtp.dsn.",
                offset_of!(SendStream, protocol.esmtp.dsn),
            ),
        ),
        (
            "SendStreamProtocolEsmtpDsnNotify",
            (
                "SENDSTREAM",
                "protocol.esmtp.dsn.notify.",
                offset_of!(SendStream, protocol.esmtp.dsn.notify),
            ),
        ),
        (
            "SendStreamProtocolEsmtpSize",
            (
                "SENDSTREAM",
                "protocol.esmtp.size.",
                offset_of!(SendStream, protocol.esmtp.size),
            ),
        ),
        (
            "SendStreamProtocolEsmtpDeliverby",
            (
                "SENDSTREAM",
                "protocol.esmtp.deliverby.",
                offset_of!(SendStream, protocol.esmtp.deliverby),
            ),
        ),
        (
            "SendStreamProtocolEsmtpAtrn",
            (
                "SENDSTREAM",
                "protocol.esmtp.atrn.",
                offset_of!(SendStream, protocol.esmtp.atrn),
            ),
        ),
        (
            "SendStreamProtocolNntp",
            (
                "SENDSTREAM",
                "protocol.nntp.",
                offset_of!(SendStream, protocol.nntp),
            ),
        ),
        (
            "SendStreamProtocolNntpExt",
            (
                "SENDSTREAM",
                "protocol.nntp.ext.",
                offset_of!(SendStream, protocol.nntp.ext),
            ),
        ),
    ])
}

/// One row of a layout table.
struct Row {
    name: String,
    size: usize,
    align: usize,
    member: String,
    offset_bits: usize,
    width: usize,
    is_bit_field: bool,
}

fn table() -> Vec<Row> {
    let machine = if cfg!(target_pointer_width = "64") {
        "x86_64"
    } else {
        "i386"
    };
    let path = format!(
        "{}/c-tests/abi/layouts-{machine}.tsv",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let number = |index: usize| fields[index].parse().unwrap();
            Row {
                name: fields[0].to_owned(),
                size: number(1),
                align: number(2),
                member: fields[3].to_owned(),
                offset_bits: number(4),
                width: number(5),
                is_bit_field: fields[6] == "1",
            }
        })
        .collect()
}

#[test]
fn sizes_alignments_and_offsets_are_those_of_c() {
    let rows = table();
    let layouts = layouts();
    let mut compared = 0;
    for row in rows.iter().filter(|row| !row.is_bit_field) {
        let layout = layouts
            .iter()
            .find(|layout| layout.name == row.name)
            .unwrap();
        assert_eq!(
            (layout.size, layout.align),
            (row.size, row.align),
            "{}",
            row.name
        );
        let member = layout.members.iter().find(|member| member.0 == row.member);
        let (_, offset) =
            member.unwrap_or_else(|| panic!("{} has no member {}", row.name, row.member));
        assert_eq!(offset * 8, row.offset_bits, "{}.{}", row.name, row.member);
        compared += 1;
    }
    assert!(compared > 300, "only {compared} members compared");
}

#[test]
fn bit_fields_lie_where_c_has_them() {
    let nested = nested();
    let mut found = BTreeMap::new();
    for bit in bit_fields::bit_fields() {
        let (name, path, offset) = match nested.get(bit.owner) {
            Some(&(name, path, offset)) => (name, path, offset),
            None => (top_level(bit.owner), "", 0),
        };
        let member = format!("{path}{}", bit.name.trim_start_matches("r#"));
        let at = (offset + bit.offset) * 8 + bit.shift as usize;
        found.insert((name.to_owned(), member), (at, bit.width as usize));
    }
    let rows = table();
    let wanted: Vec<&Row> = rows.iter().filter(|row| row.is_bit_field).collect();
    for row in &wanted {
        let name = row.name.split(' ').next().unwrap().to_owned();
        let bit = found.get(&(name, row.member.clone()));
        assert_eq!(
            bit,
            Some(&(row.offset_bits, row.width)),
            "{}.{}",
            row.name,
            row.member
        );
    }
    assert_eq!(found.len(), wanted.len());
}

/// The C name of a struct with bit-fields of its own.
fn top_level(rust: &str) -> &'static str {
    match rust {
        "Envelope" => "ENVELOPE",
        "MessageCache" => "MESSAGECACHE",
        "MailStream" => "MAILSTREAM",
        "SearchPgm" => "SEARCHPGM",
        "SortPgm" => "SORTPGM",
        "SortCache" => "SORTCACHE",
        "NetMbx" => "NETMBX",
        "ImapCap" => "IMAPCAP",
        "Utf8EucParam" => "utf8_eucparam",
        "SendStream" => "SENDSTREAM",
        other => panic!("{other} is not in this list"),
    }
}

#[test]
fn accessors_touch_their_bits_only() {
    // SAFETY: every struct of the interface is valid when zero.
    let mut elt: MessageCache = unsafe { std::mem::zeroed() };
    elt.set_day(31);
    elt.set_month(12);
    elt.set_seconds(59);
    elt.set_seen(1);
    elt.set_spare8(1);
    assert_eq!((elt.day(), elt.month(), elt.year()), (31, 12, 0));
    assert_eq!(
        (elt.seconds(), elt.seen(), elt.deleted(), elt.spare8()),
        (59, 1, 0, 1)
    );
    elt.set_month(0);
    elt.set_seen(2);
    assert_eq!((elt.day(), elt.month(), elt.seen()), (31, 0, 0));
    // A value too large is cut to the width, as C does.
    elt.set_year(0x1ff);
    assert_eq!((elt.year(), elt.hours()), (0x7f, 0));
}

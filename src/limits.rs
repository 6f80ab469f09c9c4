//! Every resource limit of the library, named, with its reason.
//!
//! A server, or whoever stands in its place, decides what we read; each limit bounds what one answer of it can cost
//! in memory, stack or time. The values lie well above what honest servers send.

#![forbid(unsafe_code)]

use std::time::Duration;

/// Octets of one line of a response, literals not counted. A SEARCH answer names every hit of a mailbox on one
/// line: four million of them fit.
pub const LINE: usize = 32 << 20;

/// Octets of one literal: one message with everything attached to it. Buffers grow with what has arrived, not
/// with what was announced, so an announcement alone costs nothing.
pub const LITERAL: u64 = 1 << 30;

/// Octets of one whole response, lines and literals together: one message of the largest size and its wrapping.
pub const RESPONSE: u64 = LITERAL + (64 << 20);

/// Literals in one response. A FETCH of an odd message can carry each string of its ENVELOPE and BODYSTRUCTURE as
/// a literal, so this is generous.
pub const LITERALS: usize = 100_000;

/// Octets of untagged responses taken in while one command runs, literals not counted; a server that never comes to its
/// tagged answer is cut off here. They wait in memory until the command ends. Four million messages with flags and UID
/// each fit.
pub const UNTAGGED_PER_COMMAND: u64 = 256 << 20;

/// Octets of literals in the untagged responses to one command: the largest response.
pub const LITERALS_PER_COMMAND: u64 = RESPONSE;

/// Responses that come while one command runs: one for each message of the largest mailbox, and a million others. Each
/// costs time to read and to tell, the shortest as much as others.
pub const RESPONSES_PER_COMMAND: u64 = MESSAGES as u64 + 1_000_000;

/// Untagged responses to one command, and their octets, that wait for its end ready to be told. Later ones wait as they
/// came and are read anew when they are told: a response of a dozen octets is some hundred when it is read.
pub const EVENTS_AT_HAND: usize = 10_000;

/// See [`EVENTS_AT_HAND`].
pub const OCTETS_AT_HAND: u64 = 1 << 20;

/// Complaints about what the server says while one command runs. A blank line is two octets, the complaint about it some
/// hundred.
pub const TROUBLES_PER_COMMAND: usize = 1_000;

/// Octets of commands that are sent before the answer to the first of them is waited for. What the server answers
/// meanwhile has to lie somewhere: it stays below [`READ_WHILE_WRITING`] and what the system's buffers take.
pub const PIPELINE: usize = 32 << 10;

/// Commands that were sent and not waited for. Their answers, a hundred octets for each message of each, have to lie
/// somewhere: see [`READ_WHILE_WRITING`].
pub const POSTED: usize = 64;

/// Messages that one of them may name.
pub const POSTED_MESSAGES: usize = 16;

/// Responses to SELECT that are kept to be told again when the mailbox is opened anew on its stream; servers send about ten.
pub const SELECT_RESPONSES: usize = 40;

/// Responses to GETQUOTAROOT that are kept for a moment; a mailbox has few roots.
pub const QUOTA_RESPONSES: usize = 20;

/// The least time that a search takes which asks nothing: less than any round trip, enough for another thread to go on.
pub const ANSWER_FROM_MEMORY: Duration = Duration::from_micros(200);

/// How long flags that were asked for once are believed, with what the server says of changes: not every server tells of
/// all that other clients change.
pub const FLAG_MEMORY: Duration = Duration::from_secs(300);

/// Challenges of one authentication exchange. The longest mechanism needs three; each refusal of one costs a round trip,
/// which a server could ask for without end.
pub const CHALLENGES: usize = 100;

/// Nesting of MIME parts, attached messages included. Rust drops and compares such trees by recursion: 50 levels
/// are safe on the 112 KiB stacks some callers have, and no mailer goes that deep.
pub const BODY_DEPTH: usize = 50;

/// Parts of one BODYSTRUCTURE, or of one message, in total; `()` is two octets on the wire, a part with an empty
/// boundary three of mail, and both are some hundred in memory.
pub const BODY_PARTS: usize = 20_000;

/// Nodes of one THREAD answer, and parentheses open at once: as many as messages are plausible in one mailbox, dummies
/// included.
pub const THREAD_NODES: usize = 4_000_000;

/// Members of any other parenthesised list: flags, addresses, parameters, rights, namespaces.
pub const LIST_ITEMS: usize = 100_000;

/// Numbers in one SEARCH or SORT answer.
pub const SEARCH_RESULTS: usize = 4_000_000;

/// Messages in one mailbox. Each costs some fifty octets as soon as EXISTS tells of it, so that a server could take
/// all memory with one short line.
pub const MESSAGES: u32 = 4_000_000;

/// Ranges in one sequence set (COPYUID, APPENDUID, VANISHED, ESEARCH). A range costs eight octets however many
/// messages it names.
pub const SET_RANGES: usize = 1_000_000;

/// Octets of the configuration file: hundreds of accounts.
pub const CONFIGURATION: u64 = 256 << 10;

/// Accounts in the configuration file. Each login looks through them.
pub const CONFIGURATION_ACCOUNTS: usize = 1_000;

/// Words of a command in the configuration file.
pub const COMMAND_WORDS: usize = 64;

/// Octets of an OAuth 2 token. Microsoft's have some two thousand; servers take lines of eight thousand.
pub const TOKEN: usize = 16 << 10;

/// Octets that a command may print, or a file may hold, for one token: the token, or JSON around it.
pub const TOKEN_ANSWER: usize = 64 << 10;

/// Tokens kept at a time. A program has a few accounts; one that has more fetches tokens more often.
pub const TOKENS_KEPT: usize = 1_000;

/// Nesting of OR and NOT in a search program of the application. Programs are written, evaluated and dropped by
/// recursion; this depth is safe on a 112 KiB stack.
pub const SEARCH_DEPTH: usize = 50;

/// Groups inside groups of an address list; RFC 5322 allows none at all. c-client's `MAXGROUPDEPTH`.
pub const GROUP_DEPTH: usize = 50;

/// How often one wrong domain is complained about. c-client does so once for each dot before it and reads the rest
/// of the text each time.
pub const DOMAIN_COMPLAINTS: usize = 50;

/// Octets behind a phrase that a `SET_PARSEPHRASE` function sees. It is asked about the phrase; seeing the whole rest
/// each time would make a long list of phrases cost its square.
pub const PHRASE_TAIL: usize = 1_024;

/// Octets of a message text quoted in an error or warning, as c-client's `%.80s` does.
pub const EXCERPT: usize = 80;

/// Octets of a command line after which an argument is sent as a literal even if it could be quoted. RFC 2683
/// section 3.2.1.5 asks for lines of at most 1,000; c-client follows it.
pub const COMMAND_LINE: usize = 1_000;

/// Octets of a date string handed to the date parser; c-client refuses what does not fit its work buffer of 1,024.
pub const DATE_TEXT: usize = 1_023;

/// Bytes kept that a server sends while we write. A pipelining client and its server could
/// otherwise wait for each other for ever; a server that sends more than this without reading is
/// left to the write timeout.
pub const READ_WHILE_WRITING: usize = 1 << 20;

/// The limits that framing keeps, as a value, so that tests can use small ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// See [`LINE`].
    pub line: usize,
    /// See [`LITERAL`].
    pub literal: u64,
    /// See [`RESPONSE`].
    pub response: u64,
    /// See [`LITERALS`].
    pub literals: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            line: LINE,
            literal: LITERAL,
            response: RESPONSE,
            literals: LITERALS,
        }
    }
}

/// How long a call waits for another thread to leave the same stream. Longer than any sane time limit of a command; a
/// thread that has hung must not hang others for ever.
pub const STREAM_WAIT: Duration = Duration::from_secs(120);

/// Closed streams whose memory is kept, so that a late call on one finds it closed and not reused: half a megabyte.
pub const STREAM_QUARANTINE: usize = 1_000;

/// Stores of trusted certificates kept in memory, a megabyte or so each: one for each `SET_SSLCAPATH` in use.
pub const TRUST_STORES: usize = 8;

/// Octets of what streams have freed that are kept for threads that are late: all that hangs on some hundred messages.
pub const LINGERING: usize = 1 << 20;

/// Octets that count as progress inside a long literal: the read time limit starts anew with each lot.
pub const PROGRESS: usize = 4_096;

/// Octets of all messages of one append that are stored together (RFC 3502).
pub const APPEND: usize = 1 << 30;

/// Octets of one line of a POP3 server that is no line of a message. RFC 2449 section 4 allows 512.
pub const POP3_LINE: usize = 64 << 10;

/// Octets of the answer to CAPA, all its lines together. Servers send some hundred.
pub const POP3_CAPABILITIES: usize = 256 << 10;

/// Octets of the answer to LIST, all its lines together: thirty for each of [`MESSAGES`].
pub const POP3_LIST: usize = 30 * MESSAGES as usize;

/// Octets of the sequence in one command; longer ones are sent in pieces. RFC 7162 section 4 lets lines have 8,192.
pub const SEQUENCE_LINE: usize = 8_000;

/// Referrals that are followed one after the other. RFC 2193 section 4 warns of servers that refer to each other.
pub const REFERRALS: usize = 10;

/// Messages that a local search fetches ahead of the one it looks at, as in UW.
pub const SEARCH_LOOKAHEAD: u32 = 20;

/// Most envelopes that are fetched along with one, for a program that reads one after the other. Each takes some two
/// kilobytes when it is kept, and half of one while it waits for that; ten thousand are there after ten waits.
pub const LOOKAHEAD: u32 = 2_560;

/// From so many messages on their UIDs are asked for all at once: the question costs some fifty octets more.
pub const UIDS_APART: usize = 16;

/// How long the connection of a closed stream is kept at most: servers end those that say nothing after half an hour, NATs
/// sooner.
pub const CONNECTION_KEPT: Duration = Duration::from_secs(600);

/// Connections of closed streams that are kept at a time. Each takes some 20 kB, and one that the server counts.
pub const CONNECTIONS_KEPT: usize = 32;

/// Searches whose hits are kept, to tell which message comes next.
pub const HITS_KEPT: usize = 4;

/// Ranges of hits of one of them: eighty kilobytes. Of one with more nothing is kept.
pub const HIT_RANGES: usize = 10_000;

/// Octets of the list of subscriptions in the user's home that are looked at: far more than anybody subscribes to.
pub const SUBSCRIPTIONS: u64 = 16 << 20;

/// Rounds of PBKDF2 that a SCRAM server may ask for: RFC 7677 section 4 has 4,096 as the least. With fewer, whoever
/// listens could guess the password cheaply.
pub const SCRAM_LEAST_ROUNDS: u32 = 4_096;

/// The most rounds: a few seconds of work. Servers choose some ten thousand to a million; one that names more only wants
/// to keep the caller busy.
pub const SCRAM_MOST_ROUNDS: u32 = 5_000_000;

/// Octets of a SCRAM message. Honest ones have about a hundred.
pub const SCRAM_MESSAGE: usize = 4_096;

/// Addresses of one host that are tried; each may take its share of the time.
pub const ADDRESSES: usize = 32;

/// Octets of `/etc/hosts` that are read when a server on this machine is shown by its name.
pub const HOSTS_FILE: u64 = 1 << 20;

/// Servers of which it is kept that they offer channel binding and know another kind than we do.
pub const SERVERS_WITHOUT_BINDING: usize = 64;

/// Accounts of which it is kept that only the password itself will do: as many as a busy exchange has mailboxes.
pub const ACCOUNTS_WITHOUT_CHALLENGE: usize = 1_024;

/// How long both are kept: a server may be brought up to date.
pub const LOGIN_MEMORY: Duration = Duration::from_secs(3_600);

/// Reads for a watched stream before it is the next one's turn.
pub const LOOKS: usize = 16;

/// How long a stream that is to be watched must have been left alone before IDLE is sent: calls often come in bursts, and
/// the end of an IDLE has to wait for its beginning.
pub const WATCH_QUIET: Duration = Duration::from_millis(50);

/// How long an IDLE may last at most: servers may hang up after half an hour (RFC 2177).
pub const IDLE: Duration = Duration::from_secs(29 * 60);

/// Stack of the thread that watches: TLS, reading responses, and the program's hook.
pub const WATCH_STACK: usize = 1 << 20;

/// Octets of a message's header by which it is known again.
pub const MARK: usize = 64 << 10;

/// How long a server that was told all of a message may take to store it, after the connection is gone, before it is
/// believed not to have.
pub const APPEND_SETTLES: Duration = Duration::from_millis(1_500);

/// How often a message is appended again, each time after it was not found.
pub const APPENDS: usize = 3;

/// How long a lost server is tried again within one call, where no time limit is shorter: one that is begun anew comes
/// back in this time.
pub const RECONNECT: Duration = Duration::from_secs(5);

/// How often a server that says that it is busy is asked for the same within one call.
pub const BUSY_TRIES: u32 = 6;

/// The wait before it is asked for the second time; each later one is twice as long, give or take a quarter.
pub const BUSY_PAUSE: Duration = Duration::from_millis(200);

/// How long after it began a call may wait for a busy server at most, whatever the program says: somebody is on the telephone.
pub const BUSY_WAIT: Duration = Duration::from_secs(30);

/// How long a server with further addresses may say nothing, before the next one is tried: ready ones greet within a
/// fraction of a second. When none of them serves, those that were silent are given the whole time.
pub const SILENT_ADDRESS: Duration = Duration::from_secs(3);

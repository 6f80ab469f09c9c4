//! A host program: records each of the fifteen callbacks, per thread, and lets a test do something inside one.

use c_client::abi::types::{MailStatus, MailStream, NetMbx};
use core::ffi::{CStr, c_char, c_int, c_long, c_ulong};
use std::cell::RefCell;

/// One callback as it came.
#[derive(Clone, Debug)]
pub struct Call {
    /// Name without `mm_`.
    pub name: &'static str,
    /// What it says: message number, severity and text, or the like.
    pub says: String,
}

type Reaction = Box<dyn FnMut(&Call)>;

thread_local! {
    static CALLS: RefCell<Vec<Call>> = const { RefCell::new(Vec::new()) };
    static REACTION: RefCell<Option<Reaction>> = const { RefCell::new(None) };
}

/// What this thread was told since the last time, one line a callback.
pub fn take() -> Vec<String> {
    CALLS
        .take()
        .into_iter()
        .map(|call| format!("{} {}", call.name, call.says).trim_end().to_owned())
        .collect()
}

/// From now on `reaction` runs inside each callback on this thread, but not inside those it causes itself.
pub fn react(reaction: impl FnMut(&Call) + 'static) {
    REACTION.set(Some(Box::new(reaction)));
}

/// Callbacks are only recorded from now on.
pub fn calm() {
    REACTION.set(None);
}

fn happened(name: &'static str, says: String) {
    let call = Call { name, says };
    CALLS.with_borrow_mut(|calls| calls.push(call.clone()));
    if let Some(mut reaction) = REACTION.take() {
        reaction(&call);
        REACTION.set(Some(reaction));
    }
}

fn text(string: *const c_char) -> String {
    // SAFETY: the library passes NUL-ended strings.
    let text = unsafe { CStr::from_ptr(string) };
    text.to_string_lossy().into_owned()
}

/// Writes a NUL-ended answer into a login buffer.
fn fill(buffer: *mut c_char, answer: &CStr) {
    // SAFETY: login buffers have 1,024 octets (MAILTMPLEN).
    unsafe { buffer.copy_from(answer.as_ptr(), answer.count_bytes() + 1) };
}

macro_rules! host {
    ($($name:ident = $short:literal ($($arg:ident: $ty:ty),*) $says:expr;)*) => { $(
        #[unsafe(no_mangle)]
        extern "C-unwind" fn $name($($arg: $ty),*) {
            $(let _ = &$arg;)*
            happened($short, $says);
        }
    )* };
}

host! {
    mm_searched = "searched" (_s: *mut MailStream, n: c_ulong) n.to_string();
    mm_exists = "exists" (_s: *mut MailStream, n: c_ulong) n.to_string();
    mm_expunged = "expunged" (_s: *mut MailStream, n: c_ulong) n.to_string();
    mm_flags = "flags" (_s: *mut MailStream, n: c_ulong) n.to_string();
    mm_notify = "notify" (_s: *mut MailStream, t: *mut c_char, level: c_long) format!("{level} {}", text(t));
    mm_list = "list" (_s: *mut MailStream, delimiter: c_int, t: *mut c_char, a: c_long) format!("{delimiter} {} {a}", text(t));
    mm_lsub = "lsub" (_s: *mut MailStream, delimiter: c_int, t: *mut c_char, a: c_long) format!("{delimiter} {} {a}", text(t));
    mm_status = "status" (_s: *mut MailStream, t: *mut c_char, status: *mut MailStatus) {
        // SAFETY: the library passes a status that lives over the call.
        let messages = unsafe { (*status).messages };
        format!("{} {messages}", text(t))
    };
    mm_log = "log" (t: *mut c_char, level: c_long) format!("{level} {}", text(t));
    mm_dlog = "dlog" (t: *mut c_char) text(t);
    mm_critical = "critical" (_s: *mut MailStream) String::new();
    mm_nocritical = "nocritical" (_s: *mut MailStream) String::new();
    mm_fatal = "fatal" (t: *mut c_char) text(t);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn mm_login(
    _mb: *mut NetMbx,
    user: *mut c_char,
    password: *mut c_char,
    trial: c_long,
) {
    fill(user, c"user");
    fill(password, c"password");
    happened("login", trial.to_string());
}

#[unsafe(no_mangle)]
extern "C-unwind" fn mm_diskerror(_s: *mut MailStream, code: c_long, _serious: c_long) -> c_long {
    happened("diskerror", code.to_string());
    0
}

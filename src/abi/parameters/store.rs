//! Where the settings live: one machine word each, process-wide, read and written without a lock.

use core::ffi::{CStr, c_char, c_long, c_void};
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};
use std::ffi::CString;

use super::super::callbacks;
use super::super::mm_cache::mm_cache;
use super::super::types::{blocknotify_t, mailcache_t};
use super::table::{Initial, Kind, Layer, ROWS, Request, Slot, find};

/// Its address stands for "never set": no caller can pass it.
static UNSET: u8 = 0;

/// One value for each setting.
pub struct Store([AtomicPtr<c_void>; ROWS.len()]);

/// The settings of this process.
static SETTINGS: Store = Store::new();

const fn unset() -> *mut c_void {
    (&raw const UNSET).cast_mut().cast()
}

/// c-client's `VOIDT`: true, as a pointer that can also be read as an empty text.
pub fn voidt() -> *mut c_void {
    c"".as_ptr().cast_mut().cast()
}

/// A number in a pointer's place.
pub fn number(value: c_long) -> *mut c_void {
    ptr::without_provenance_mut(value as usize)
}

/// What a setting is before anybody sets it.
fn default(slot: Slot) -> *mut c_void {
    match slot.row().default {
        Initial::Nil => ptr::null_mut(),
        Initial::Number(value) => number(value),
        Initial::True => voidt(),
        Initial::Text(text) => text.as_ptr().cast_mut().cast(),
        Initial::MmCache => hook(mailcache_t::Some(mm_cache)),
        Initial::MmDlog => callbacks::dlog_address(),
        Initial::MmBlockNotify => hook(blocknotify_t::Some(super::mm_blocknotify)),
    }
}

/// The address of a hook.
fn hook<F: Copy>(function: F) -> *mut c_void {
    const { assert!(size_of::<F>() == size_of::<*mut c_void>()) };
    // SAFETY: called with the nullable function pointer types of the interface only, which are
    // one pointer wide and may be any address.
    unsafe { core::mem::transmute_copy(&function) }
}

impl Store {
    /// All settings at their defaults.
    pub const fn new() -> Self {
        Self([const { AtomicPtr::new(unset()) }; ROWS.len()])
    }

    /// The value of a setting, as GET returns it.
    pub fn get(&self, slot: Slot) -> *mut c_void {
        let value = self.0[slot as usize].load(Ordering::Acquire);
        let cleared = value.is_null() && slot.row().kind == Kind::Text;
        if ptr::eq(value, unset()) || cleared {
            default(slot)
        } else {
            value
        }
    }

    /// Sets a setting and returns what SET returns.
    ///
    /// # Safety
    /// For a text, `value` is NULL or a NUL-ended string.
    pub unsafe fn set(&self, slot: Slot, value: *mut c_void) -> *mut c_void {
        let kind = slot.row().kind;
        let kept = match kind {
            Kind::Number | Kind::Hook | Kind::Borrowed => value,
            Kind::Flag if value.is_null() => value,
            Kind::Flag => voidt(),
            Kind::Text | Kind::QuietText if value.is_null() => value,
            // SAFETY: not NULL, and the caller vouches for the string.
            Kind::Text | Kind::QuietText => intern(unsafe { CStr::from_ptr(value.cast()) }),
        };
        self.0[slot as usize].store(kept, Ordering::Release);
        match kind {
            Kind::QuietText => ptr::null_mut(),
            // What was just set, even if another thread has set something else since.
            Kind::Text if kept.is_null() => default(slot),
            _ => kept,
        }
    }

    /// Answers `number` for one layer; NIL when it does not know it.
    ///
    /// # Safety
    /// As [`Store::set`].
    pub unsafe fn answer(&self, layer: Layer, number: c_long, value: *mut c_void) -> *mut c_void {
        match find(layer, number) {
            Some(Request::Get(slot)) => self.get(slot),
            // SAFETY: the caller's promise.
            Some(Request::Set(slot)) => unsafe { self.set(slot, value) },
            None => ptr::null_mut(),
        }
    }
}

/// The value of one of this process's settings, as GET returns it.
pub fn get(slot: Slot) -> *mut c_void {
    SETTINGS.get(slot)
}

/// Whether a hook is the library's own function for it.
pub fn is_default(slot: Slot) -> bool {
    let value = SETTINGS.0[slot as usize].load(Ordering::Acquire);
    ptr::eq(value, unset()) || ptr::eq(value, default(slot))
}

/// Whether a setting has been set.
pub fn is_set(slot: Slot) -> bool {
    let value = SETTINGS.0[slot as usize].load(Ordering::Acquire);
    !ptr::eq(value, unset())
}

/// Sets one of this process's settings and returns what SET returns.
///
/// # Safety
/// As [`Store::set`].
pub unsafe fn set(slot: Slot, value: *mut c_void) -> *mut c_void {
    // SAFETY: the caller's promise.
    unsafe { SETTINGS.set(slot, value) }
}

/// Answers `number` for one layer of this process's settings; NIL when it does not know it.
///
/// # Safety
/// As [`Store::set`].
pub unsafe fn answer(layer: Layer, number: c_long, value: *mut c_void) -> *mut c_void {
    // SAFETY: the caller's promise.
    unsafe { SETTINGS.answer(layer, number, value) }
}

/// A setting that is a number.
pub fn get_number(slot: Slot) -> c_long {
    get(slot).addr() as c_long
}

/// A setting that is true or false.
pub fn get_flag(slot: Slot) -> bool {
    !get(slot).is_null()
}

/// A setting that is a text. It stays valid for good.
pub fn get_text(slot: Slot) -> Option<&'static CStr> {
    debug_assert!(matches!(slot.row().kind, Kind::Text | Kind::QuietText));
    let text = get(slot);
    // SAFETY: a text setting holds NULL, a literal or an interned string; none is ever freed.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text.cast::<c_char>()) })
}

/// One text that was once set.
struct Node {
    text: CString,
    next: *mut Node,
}

static TEXTS: AtomicPtr<Node> = AtomicPtr::new(ptr::null_mut());

/// A copy of `text` that lives for ever; equal texts share one.
///
/// c-client frees the old text at the next SET, under the eyes of any thread that has just read
/// it. Here nothing is freed; what that costs is bounded by the number of different texts.
fn intern(text: &CStr) -> *mut c_void {
    let mut head = TEXTS.load(Ordering::Acquire);
    if let Some(known) = known(head, ptr::null_mut(), text) {
        return known;
    }
    let node = Box::into_raw(Box::new(Node {
        text: text.to_owned(),
        next: head,
    }));
    loop {
        match TEXTS.compare_exchange_weak(head, node, Ordering::AcqRel, Ordering::Acquire) {
            // SAFETY: nodes are never freed, and a published node is never written to.
            Ok(_) => return unsafe { (*node).text.as_ptr().cast_mut().cast() },
            Err(newer) => {
                if let Some(known) = known(newer, head, text) {
                    // SAFETY: the node was not published: it is still ours alone.
                    drop(unsafe { Box::from_raw(node) });
                    return known;
                }
                head = newer;
                // SAFETY: as above.
                unsafe { (*node).next = newer };
            }
        }
    }
}

/// The copy of `text` among the nodes from `node` up to, not including, `end`.
fn known(mut node: *mut Node, end: *mut Node, text: &CStr) -> Option<*mut c_void> {
    while !node.is_null() && node != end {
        // SAFETY: published nodes are never freed nor written to.
        let this = unsafe { &*node };
        if this.text.as_c_str() == text {
            return Some(this.text.as_ptr().cast_mut().cast());
        }
        node = this.next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_where_its_slot_says() {
        for (index, row) in ROWS.iter().enumerate() {
            let Some(Request::Get(slot)) = find(row.layer, row.get) else {
                panic!("{}: GET {} not found", row.name, row.get);
            };
            assert_eq!(slot as usize, index, "{}", row.name);
            assert_eq!(find(row.layer, row.set), Some(Request::Set(slot)));
            assert_eq!(row.set, row.get + 1, "{}", row.name);
        }
    }

    #[test]
    fn equal_texts_share_one_copy_and_stay_put() {
        let first = intern(c"an interned text");
        assert_eq!(first, intern(&CString::new("an interned text").unwrap()));
        assert_ne!(first, intern(c"another interned text"));
    }

    #[test]
    fn texts_set_from_many_threads_are_each_kept_once() {
        let seen: Vec<Vec<usize>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        (0..50)
                            .map(|i| {
                                let text = CString::new(format!("shared text {i}")).unwrap();
                                intern(&text).addr()
                            })
                            .collect::<Vec<_>>()
                    })
                })
                .collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        for other in &seen[1..] {
            assert_eq!(&seen[0], other);
        }
    }
}

use super::super::callbacks::fake;
use super::super::memory::copy_bytes;
use super::super::stream::registry;
use super::*;

/// A stream of `count` messages with the standard cache.
struct Mailbox(*mut MailStream);

impl Mailbox {
    fn new(count: c_ulong) -> Self {
        fake::take_log();
        let mailbox = Self(new_zeroed());
        mailbox.ask(count, CH_SIZE);
        // SAFETY: a stream of this test.
        unsafe { (*mailbox.0).nmsgs = count };
        registry::register(mailbox.0);
        mailbox
    }

    fn ask(&self, msgno: c_ulong, op: c_long) -> *mut c_void {
        // SAFETY: a stream of this test.
        unsafe { mm_cache(self.0, msgno, op) }
    }

    fn elt(&self, msgno: c_ulong) -> *mut MessageCache {
        // SAFETY: as above.
        unsafe { mail_elt(self.0, msgno) }
    }

    fn field(&self) -> (c_ulong, c_ulong, bool) {
        // SAFETY: as above.
        unsafe {
            (
                (*self.0).nmsgs,
                (*self.0).cachesize,
                (*self.0).cache.is_null(),
            )
        }
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.ask(0, CH_INIT);
        enter(self.0).unwrap().mark_closed();
        // The memory stays: other tests use the same quarantine, with addresses of their own.
        registry::retire(self.0, false);
    }
}

fn release<T>(block: &mut *mut T) {
    // SAFETY: blocks of these tests, each freed once.
    unsafe { super::release(block) }
}

#[test]
fn elts_are_made_once_and_numbered() {
    let mailbox = Mailbox::new(3);
    assert!(mailbox.ask(2, CH_ELT).is_null());
    let elt = mailbox.ask(2, CH_MAKEELT);
    assert!(!elt.is_null());
    assert_eq!(
        (mailbox.ask(2, CH_MAKEELT), mailbox.ask(2, CH_ELT)),
        (elt, elt)
    );
    assert_eq!(mailbox.elt(2), elt.cast());
    // SAFETY: an elt of the cache.
    assert_eq!(unsafe { (*mailbox.elt(2)).msgno }, 2);
    assert!(fake::take_log().is_empty());
}

#[test]
fn the_cache_grows_in_steps_and_keeps_what_it_has() {
    let mailbox = Mailbox::new(3);
    let elt = mailbox.elt(3);
    assert_eq!(mailbox.field(), (3, 253, false));
    mailbox.ask(253, CH_SIZE);
    assert_eq!(mailbox.field().1, 253);
    mailbox.ask(254, CH_SIZE);
    assert_eq!(mailbox.field().1, 504);
    assert_eq!(mailbox.ask(3, CH_ELT), elt.cast());
    assert!(mailbox.ask(504, CH_ELT).is_null());
    mailbox.ask(0, CH_INIT);
    assert_eq!(mailbox.field(), (0, 0, true));
}

#[test]
fn a_size_beyond_all_memory_leaves_the_cache_alone() {
    let mailbox = Mailbox::new(2);
    let elt = mailbox.elt(1);
    mailbox.ask(c_ulong::MAX, CH_SIZE);
    assert_eq!(fake::take_log().len(), 1);
    assert_eq!(mailbox.field(), (2, 252, false));
    assert_eq!(mailbox.elt(1), elt);
}

#[test]
fn an_expunge_moves_the_later_ones_down() {
    let mailbox = Mailbox::new(4);
    let elts: Vec<_> = (1..=4).map(|msgno| mailbox.elt(msgno)).collect();
    let third = mailbox.ask(3, CH_SORTCACHE);
    mailbox.ask(2, CH_FREE);
    mailbox.ask(2, CH_FREESORTCACHE);
    mailbox.ask(2, CH_EXPUNGE);
    // SAFETY: the stream and its elts.
    unsafe {
        (*mailbox.0).nmsgs = 3;
        assert_eq!(mailbox.elt(2), elts[2]);
        assert_eq!(mailbox.elt(3), elts[3]);
        assert_eq!(
            ((*elts[0]).msgno, (*elts[2]).msgno, (*elts[3]).msgno),
            (1, 2, 3)
        );
    }
    assert_eq!(mailbox.ask(2, CH_SORTCACHE), third);
    assert!(mailbox.ask(4, CH_ELT).is_null());
    // The last one: nothing moves.
    mailbox.ask(3, CH_FREE);
    mailbox.ask(3, CH_EXPUNGE);
    assert!(mailbox.ask(3, CH_ELT).is_null());
}

#[test]
fn a_sort_cache_is_freed_with_its_texts() {
    let mailbox = Mailbox::new(1);
    let sort: *mut SortCache = mailbox.ask(1, CH_SORTCACHE).cast();
    // SAFETY: a new sort cache.
    unsafe {
        (*sort).from = copy_bytes(b"a");
        (*sort).subject = copy_bytes(b"b");
        (*sort).message_id = copy_bytes(b"c");
        (*sort).unique = (*sort).message_id;
    }
    mailbox.ask(1, CH_FREESORTCACHE);
    let fresh: *mut SortCache = mailbox.ask(1, CH_SORTCACHE).cast();
    // SAFETY: a new sort cache again.
    assert!(unsafe { (*fresh).message_id.is_null() });
}

#[test]
fn what_has_no_place_is_an_error_and_nothing_else() {
    let mailbox = Mailbox::new(1);
    for op in [
        CH_ELT,
        CH_MAKEELT,
        CH_SORTCACHE,
        CH_FREE,
        CH_FREESORTCACHE,
        CH_EXPUNGE,
    ] {
        for msgno in [0, 252, c_ulong::MAX] {
            assert!(mailbox.ask(msgno, op).is_null());
            let text = format!("Bad msgno {msgno} in mm_cache, cache size = 251");
            assert_eq!(fake::take_log(), [(text, ERROR)]);
        }
    }
    assert!(mailbox.ask(1, 99).is_null());
    assert_eq!(fake::take_log(), [("Bad mm_cache op".to_owned(), ERROR)]);
    mailbox.ask(0, CH_INIT);
    assert!(mailbox.ask(1, CH_MAKEELT).is_null());
    assert_eq!(fake::take_log().len(), 1);
    // SAFETY: no stream at all.
    unsafe {
        assert!(mm_cache(null_mut(), 1, CH_ELT).is_null());
        assert!(!mail_elt(null_mut(), 1).is_null());
        mail_gc(null_mut(), GC_TEXTS);
        mail_free_cache(null_mut());
        mail_lock(null_mut());
        mail_unlock(null_mut());
    }
}

#[test]
fn a_stale_number_gets_an_elt_of_no_message() {
    let mailbox = Mailbox::new(2);
    // SAFETY: the stream is this test's; the name is freed below.
    unsafe { (*mailbox.0).mailbox = copy_bytes(b"{host}INBOX") };
    let nobody = mailbox.elt(3);
    assert_eq!(
        fake::take_log(),
        [(
            "Bad msgno 3 in mail_elt, nmsgs = 2, mbx={host}INBOX".to_owned(),
            ERROR
        )]
    );
    // SAFETY: this thread's elt, which may be written to, and freed without harm.
    unsafe {
        assert_eq!((*nobody).msgno, 0);
        (*nobody).set_deleted(1);
        (*nobody).rfc822_size = 7;
        let mut reference = nobody;
        mail_free_elt(&raw mut reference);
        let again = mailbox.elt(0);
        assert_eq!(again, nobody);
        assert_eq!(((*again).deleted(), (*again).rfc822_size), (0, 0));
        let elsewhere = std::thread::scope(|scope| {
            let stream = mailbox.0 as usize;
            scope
                .spawn(move || mail_elt(stream as *mut MailStream, 9) as usize)
                .join()
                .unwrap()
        });
        assert_ne!(elsewhere, nobody as usize);
        release(&mut (*mailbox.0).mailbox);
    }
}

#[test]
fn collecting_garbage_asks_the_driver_and_frees_by_kind() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    unsafe extern "C-unwind" fn gc(_: *mut MailStream, flags: c_long) {
        ASKED.fetch_or(flags as usize, Ordering::Relaxed);
    }
    // SAFETY: zeroed structs are valid; the driver outlives the calls.
    unsafe {
        let mut driver: Driver = core::mem::zeroed();
        driver.gc = Some(gc);
        let mailbox = Mailbox::new(1);
        let s = mailbox.0;
        (*s).dtb = &raw mut driver;
        (*s).msgno = 1;
        let elt = mailbox.elt(1);
        (*elt).private.msg.env = new_zeroed();
        (*elt).private.msg.text.text.data = copy_bytes(b"text").cast();
        (*s).text.data = copy_bytes(b"text").cast();
        (*s).env = new_zeroed();

        mail_gc(s, GC_ENV);
        assert_eq!(ASKED.swap(0, Ordering::Relaxed), GC_ENV as usize);
        assert!((*s).env.is_null() && (*elt).private.msg.env.is_null());
        assert!(!(*s).text.data.is_null() && !(*elt).private.msg.text.text.data.is_null());
        assert_eq!((*s).msgno, 0);

        mail_gc(s, GC_TEXTS);
        assert!((*s).text.data.is_null() && (*elt).private.msg.text.text.data.is_null());

        mail_free_cache(s);
        assert_eq!(mailbox.field(), (0, 0, true));
        let all = GC_ELT | GC_ENV | GC_TEXTS;
        assert_eq!(ASKED.load(Ordering::Relaxed), all as usize);
    }
}

#[test]
fn a_lock_out_of_turn_is_an_error() {
    let mailbox = Mailbox::new(0);
    // SAFETY: a stream of this test.
    unsafe {
        mail_lock(mailbox.0);
        assert!(fake::take_log().is_empty());
        mail_lock(mailbox.0);
        assert_eq!(fake::take_log()[0].0, "Lock when already locked, mbx=???");
        mail_unlock(mailbox.0);
        mail_unlock(mailbox.0);
        assert_eq!(fake::take_log()[0].0, "Unlock when not locked");
    }
}

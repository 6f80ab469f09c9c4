//! `utf8.h`: texts to UTF-8, each way of coding by itself, with the program's own functions in between.

use core::ffi::{c_int, c_long, c_ulong, c_void};
use core::ptr;
use std::borrow::Cow;

use super::charsets::{coding, known};
use super::constants::*;
use super::entry::entry;
use super::memory::text_bytes;
use super::types::{Charset, SizedText, ucs4cn_t, ucs4de_t};
use super::utf8::hand_out;
use crate::mime::canonical::Sink;
use crate::mime::utf8;

/// Takes characters, sends each through the program's functions, gives UTF-8 of 31 bits.
struct Recoder {
    cv: ucs4cn_t,
    de: ucs4de_t,
    out: Vec<u8>,
}

impl Recoder {
    fn put(&mut self, code: c_ulong) {
        let mut octets = [0; 6];
        let size = utf8::put(code as usize, &mut octets);
        self.out.extend_from_slice(&octets[..size]);
    }
}

impl Sink for Recoder {
    fn push(&mut self, c: char) {
        let mut code = c_ulong::from(u32::from(c));
        let mut more: *mut c_void = ptr::null_mut();
        // SAFETY: the program's functions, called as their prototypes say.
        unsafe {
            if let Some(cv) = self.cv {
                code = cv(code);
            }
            let Some(de) = self.de else {
                return self.put(code);
            };
            code = de(code, &raw mut more);
            self.put(code);
            while !more.is_null() {
                code = de(U8G_ERROR.into(), &raw mut more);
                if code == 0 {
                    break;
                }
                self.put(code);
            }
        }
    }

    fn push_raw(&mut self, octets: &[u8]) {
        self.out.extend_from_slice(octets);
    }
}

/// Converts a text in a coding; false for an unknown type, and then `ret` is the source.
///
/// # Safety
/// A text and the place for one, or NULL; `tab` as the type says.
unsafe fn convert(
    text: *mut SizedText,
    ret: *mut SizedText,
    (kind, tab): (c_int, *const c_void),
    (cv, de): (ucs4cn_t, ucs4de_t),
) -> bool {
    // SAFETY: as the caller says.
    unsafe {
        let (Some(source), false) = (text.as_ref(), ret.is_null()) else {
            return false;
        };
        let octets = text_bytes(source);
        let out = Vec::with_capacity(octets.len());
        let mut recoder = Recoder { cv, de, out };
        let good = if kind == CT_UTF8 && std::str::from_utf8(octets).is_err() {
            false
        } else if let Some(charset) = known(kind, tab) {
            // Our own tables know more than C can see, and there may be none where none is needed.
            charset.read(octets, &mut recoder);
            true
        } else if let Some(coding) = coding(kind, tab) {
            coding.read(octets, &mut recoder);
            true
        } else {
            false
        };
        let out = if good {
            Cow::Owned(recoder.out)
        } else {
            Cow::Borrowed(octets)
        };
        let out = hand_out(out, source);
        ret.write(out);
        good
    }
}

entry! {
    /// Brings a text in a charset to UTF-8; each character goes through `cv`, which may change it, and then `de`,
    /// which may make several of it, where they are not NULL. `ret` gets a new text of the caller's, or the data of
    /// `text` itself: free it only if its data is another.
    ///
    /// T, or NIL if the charset is of an unknown type; then `ret` is the source.
    fn utf8_text_cs(text: *mut SizedText, cs: *const Charset, ret: *mut SizedText, cv: ucs4cn_t, de: ucs4de_t) -> c_long {
        // SAFETY: texts and a charset of the caller's.
        unsafe {
            let (Some(source), Some(cs), false) = (text.as_ref(), cs.as_ref(), ret.is_null()) else {
                return 0;
            };
            let kind = match c_int::from(cs.r#type) {
                CT_ASCII => CT_UTF8,
                kind => kind,
            };
            if kind == CT_UTF8 {
                // What is not UTF-8 stays, and that is no failure.
                if cv.is_none() && de.is_none() {
                    let same = SizedText { data: source.data, size: source.size };
                    ret.write(same);
                } else {
                    convert(text, ret, (kind, ptr::null()), (cv, de));
                }
                return 1;
            }
            convert(text, ret, (kind, cs.tab), (cv, de)).into()
        }
    }

    /// ISO 8859-1 to UTF-8; the rest as `utf8_text_cs`, but `ret` is always new.
    fn utf8_text_1byte0(text: *mut SizedText, ret: *mut SizedText, cv: ucs4cn_t, de: ucs4de_t) {
        // SAFETY: texts of the caller's.
        unsafe { convert(text, ret, (CT_1BYTE0, ptr::null()), (cv, de)) };
    }

    /// ASCII and a table of 128 characters above to UTF-8, likewise.
    fn utf8_text_1byte(text: *mut SizedText, ret: *mut SizedText, tab: *mut c_void, cv: ucs4cn_t, de: ucs4de_t) {
        // SAFETY: texts and a table of the caller's.
        unsafe { convert(text, ret, (CT_1BYTE, tab), (cv, de)) };
    }

    /// A table of 256 characters to UTF-8, likewise.
    fn utf8_text_1byte8(text: *mut SizedText, ret: *mut SizedText, tab: *mut c_void, cv: ucs4cn_t, de: ucs4de_t) {
        // SAFETY: as above.
        unsafe { convert(text, ret, (CT_1BYTE8, tab), (cv, de)) };
    }

    /// EUC to UTF-8, likewise; `tab` is three `struct utf8_eucparam`.
    fn utf8_text_euc(text: *mut SizedText, ret: *mut SizedText, tab: *mut c_void, cv: ucs4cn_t, de: ucs4de_t) {
        // SAFETY: as above.
        unsafe { convert(text, ret, (CT_EUC, tab), (cv, de)) };
    }

    /// ASCII and pairs to UTF-8, likewise; `tab` is a `struct utf8_eucparam`.
    fn utf8_text_dbyte(text: *mut SizedText, ret: *mut SizedText, tab: *mut c_void, cv: ucs4cn_t, de: ucs4de_t) {
        // SAFETY: as above.
        unsafe { convert(text, ret, (CT_DBYTE, tab), (cv, de)) };
    }

    /// ASCII and pairs in two planes to UTF-8, likewise; `tab` is two `struct utf8_eucparam`.
    fn utf8_text_dbyte2(text: *mut SizedText, ret: *mut SizedText, tab: *mut c_void, cv: ucs4cn_t, de: ucs4de_t) {
        // SAFETY: as above.
        unsafe { convert(text, ret, (CT_DBYTE2, tab), (cv, de)) };
    }

    /// Shift-JIS to UTF-8, likewise.
    fn utf8_text_sjis(text: *mut SizedText, ret: *mut SizedText, cv: ucs4cn_t, de: ucs4de_t) {
        // SAFETY: texts of the caller's.
        unsafe { convert(text, ret, (CT_SJIS, ptr::null()), (cv, de)) };
    }

    /// ISO 2022 to UTF-8, likewise.
    fn utf8_text_2022(text: *mut SizedText, ret: *mut SizedText, cv: ucs4cn_t, de: ucs4de_t) {
        // SAFETY: texts of the caller's.
        unsafe { convert(text, ret, (CT_2022, ptr::null()), (cv, de)) };
    }

    /// UTF-7 to UTF-8, likewise.
    fn utf8_text_utf7(text: *mut SizedText, ret: *mut SizedText, cv: ucs4cn_t, de: ucs4de_t) {
        // SAFETY: texts of the caller's.
        unsafe { convert(text, ret, (CT_UTF7, ptr::null()), (cv, de)) };
    }

    /// UTF-8 through `cv` and `de` to UTF-8, likewise; what is not UTF-8 is handed back as it is.
    fn utf8_text_utf8(text: *mut SizedText, ret: *mut SizedText, cv: ucs4cn_t, de: ucs4de_t) {
        // SAFETY: texts of the caller's.
        unsafe { convert(text, ret, (CT_UTF8, ptr::null()), (cv, de)) };
    }

    /// UCS-2, most significant octet first, to UTF-8, likewise.
    fn utf8_text_ucs2(text: *mut SizedText, ret: *mut SizedText, cv: ucs4cn_t, de: ucs4de_t) {
        // SAFETY: texts of the caller's.
        unsafe { convert(text, ret, (CT_UCS2, ptr::null()), (cv, de)) };
    }

    /// UCS-4, most significant octet first, to UTF-8, likewise.
    fn utf8_text_ucs4(text: *mut SizedText, ret: *mut SizedText, cv: ucs4cn_t, de: ucs4de_t) {
        // SAFETY: texts of the caller's.
        unsafe { convert(text, ret, (CT_UCS4, ptr::null()), (cv, de)) };
    }

    /// UTF-16 to UTF-8, likewise.
    fn utf8_text_utf16(text: *mut SizedText, ret: *mut SizedText, cv: ucs4cn_t, de: ucs4de_t) {
        // SAFETY: texts of the caller's.
        unsafe { convert(text, ret, (CT_UTF16, ptr::null()), (cv, de)) };
    }
}

//! The system's Kerberos library, loaded when it is first needed: who has none needs none.

use core::ffi::{CStr, c_int, c_void};
use core::mem::transmute;
use core::ptr::{null, null_mut};
use std::sync::OnceLock;

use crate::sasl::Secret;

/// MIT Kerberos, and what calls itself so.
const LIBRARY: &CStr = c"libgssapi_krb5.so.2";

/// `GSS_S_COMPLETE`
pub const COMPLETE: u32 = 0;
/// `GSS_S_CONTINUE_NEEDED`
pub const CONTINUE_NEEDED: u32 = 1;
/// `GSS_S_NO_CRED`
pub const NO_CRED: u32 = 7 << 16;
/// `GSS_S_CREDENTIALS_EXPIRED`
pub const CREDENTIALS_EXPIRED: u32 = 11 << 16;
/// Routine errors of a major status.
const ROUTINE_ERRORS: u32 = 0xff_0000;

/// Mutual authentication, replay detection, integrity: what UW asks for.
const FLAGS: u32 = 2 | 4 | 32;

/// `gss_buffer_desc`
#[repr(C)]
struct Buffer {
    length: usize,
    value: *mut c_void,
}

impl Buffer {
    const EMPTY: Buffer = Buffer {
        length: 0,
        value: null_mut(),
    };

    /// For a function that only reads.
    fn of(bytes: &[u8]) -> Buffer {
        Buffer {
            length: bytes.len(),
            value: bytes.as_ptr().cast_mut().cast(),
        }
    }
}

/// `gss_OID_desc`
#[repr(C)]
struct Oid {
    length: u32,
    elements: *const c_void,
}

const HOSTBASED_SERVICE: &[u8] = b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x01\x04";
const KERBEROS_5: &[u8] = b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02";

fn oid(bytes: &'static [u8]) -> Oid {
    Oid {
        length: bytes.len() as u32,
        elements: bytes.as_ptr().cast(),
    }
}

macro_rules! functions {
    ($($field:ident: $symbol:literal fn($($argument:ty),*);)*) => {
        /// Its functions; all return a major status.
        pub struct Library {
            $($field: unsafe extern "C" fn($($argument),*) -> u32,)*
        }

        impl Library {
            fn load() -> Option<Library> {
                // SAFETY: (whole body) a file of the system's, whose initialisers are its business. It stays loaded, for
                // threads keep data of it. The symbols are of these types: the interface is RFC 2744's.
                unsafe {
                    let flags = libc::RTLD_NOW | libc::RTLD_LOCAL | libc::RTLD_NODELETE;
                    let handle = libc::dlopen(LIBRARY.as_ptr(), flags);
                    if handle.is_null() {
                        return None;
                    }
                    let symbol = |name: &CStr| {
                        let found = libc::dlsym(handle, name.as_ptr());
                        (!found.is_null()).then_some(found)
                    };
                    Some(Library {
                        $($field: transmute::<
                            *mut c_void,
                            unsafe extern "C" fn($($argument),*) -> u32,
                        >(symbol($symbol)?),)*
                    })
                }
            }
        }
    };
}

functions! {
    import_name: c"gss_import_name" fn(*mut u32, *const Buffer, *const Oid, *mut *mut c_void);
    release_name: c"gss_release_name" fn(*mut u32, *mut *mut c_void);
    init_sec_context: c"gss_init_sec_context" fn(*mut u32, *mut c_void, *mut *mut c_void, *mut c_void, *const Oid, u32, u32,
        *const c_void, *const Buffer, *mut *mut Oid, *mut Buffer, *mut u32, *mut u32);
    delete_sec_context: c"gss_delete_sec_context" fn(*mut u32, *mut *mut c_void, *mut Buffer);
    wrap: c"gss_wrap" fn(*mut u32, *mut c_void, c_int, u32, *const Buffer, *mut c_int, *mut Buffer);
    unwrap: c"gss_unwrap" fn(*mut u32, *mut c_void, *const Buffer, *mut Buffer, *mut c_int, *mut u32);
    release_buffer: c"gss_release_buffer" fn(*mut u32, *mut Buffer);
    display_status: c"gss_display_status" fn(*mut u32, u32, c_int, *const Oid, *mut u32, *mut Buffer);
}

/// The library, or `None` where there is none.
pub fn library() -> Option<&'static Library> {
    static LOADED: OnceLock<Option<Library>> = OnceLock::new();
    LOADED.get_or_init(Library::load).as_ref()
}

/// Why something failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The routine error of the major status.
    pub major: u32,
    /// In the library's words, the mechanism's if it has any.
    pub text: String,
}

impl Library {
    fn take(&self, buffer: &mut Buffer) -> Secret {
        let bytes = if buffer.value.is_null() {
            Secret::default()
        } else {
            // SAFETY: the library's buffer, of that length.
            Secret::new(unsafe {
                core::slice::from_raw_parts(buffer.value.cast::<u8>(), buffer.length).to_vec()
            })
        };
        let mut minor = 0;
        // SAFETY: a buffer that the library has filled; it becomes empty.
        unsafe { (self.release_buffer)(&raw mut minor, buffer) };
        bytes
    }

    /// The text of a status; `kind` 1 for major ones, 2 for minor ones of Kerberos.
    fn words(&self, status: u32, kind: c_int) -> String {
        let (mut minor, mut more) = (0, 0);
        let mut text = Buffer::EMPTY;
        let mechanism = oid(KERBEROS_5);
        // SAFETY: out parameters of ours; the library fills them.
        let done = unsafe {
            (self.display_status)(
                &raw mut minor,
                status,
                kind,
                &raw const mechanism,
                &raw mut more,
                &raw mut text,
            )
        };
        let words = self.take(&mut text);
        match done {
            COMPLETE => String::from_utf8_lossy(&words).into_owned(),
            _ => format!("status {status}"),
        }
    }

    fn failure(&self, major: u32, minor: u32) -> Failure {
        Failure {
            major: major & ROUTINE_ERRORS,
            text: if minor == 0 {
                self.words(major, 1)
            } else {
                self.words(minor, 2)
            },
        }
    }

    /// The name of a service, as `imap@mail.example.org`.
    pub fn service(&'static self, name: &[u8]) -> Result<Name, Failure> {
        let mut minor = 0;
        let mut made = null_mut();
        let (text, kind) = (Buffer::of(name), oid(HOSTBASED_SERVICE));
        // SAFETY: arguments of ours that outlive the call.
        let major = unsafe {
            (self.import_name)(
                &raw mut minor,
                &raw const text,
                &raw const kind,
                &raw mut made,
            )
        };
        match major {
            COMPLETE => Ok(Name {
                library: self,
                name: made,
            }),
            _ => Err(self.failure(major, minor)),
        }
    }
}

/// A service's name.
pub struct Name {
    library: &'static Library,
    name: *mut c_void,
}

impl Drop for Name {
    fn drop(&mut self) {
        let mut minor = 0;
        // SAFETY: a name of the library's that nobody else has.
        unsafe { (self.library.release_name)(&raw mut minor, &raw mut self.name) };
    }
}

/// The security context between us and a service, with the caller's default credentials.
pub struct Context {
    service: Name,
    context: *mut c_void,
}

// SAFETY: name and context belong to this value alone, and the library does not care which thread comes.
unsafe impl Send for Context {}

impl Context {
    /// With nothing said yet.
    pub fn new(service: Name) -> Context {
        Context {
            service,
            context: null_mut(),
        }
    }

    /// The next token to send, and whether the context stands.
    pub fn step(&mut self, challenge: Option<&[u8]>) -> Result<(Secret, bool), Failure> {
        let library = self.service.library;
        let mut minor = 0;
        let mut token = Buffer::EMPTY;
        let input = challenge.map(Buffer::of);
        let mechanism = oid(KERBEROS_5);
        // SAFETY: our name and context; arguments of ours that outlive the call; NULL for what is not wanted.
        let major = unsafe {
            (library.init_sec_context)(
                &raw mut minor,
                null_mut(),
                &raw mut self.context,
                self.service.name,
                &raw const mechanism,
                FLAGS,
                0,
                null(),
                input.as_ref().map_or(null(), |input| input),
                null_mut(),
                &raw mut token,
                null_mut(),
                null_mut(),
            )
        };
        let token = library.take(&mut token);
        match major {
            COMPLETE => Ok((token, true)),
            CONTINUE_NEEDED => Ok((token, false)),
            _ => Err(library.failure(major, minor)),
        }
    }

    /// Takes the protection off a message.
    pub fn unwrap(&mut self, message: &[u8]) -> Result<Secret, Failure> {
        let library = self.service.library;
        let mut minor = 0;
        let mut plain = Buffer::EMPTY;
        let message = Buffer::of(message);
        // SAFETY: as in `step`.
        let major = unsafe {
            (library.unwrap)(
                &raw mut minor,
                self.context,
                &raw const message,
                &raw mut plain,
                null_mut(),
                null_mut(),
            )
        };
        let plain = library.take(&mut plain);
        match major {
            COMPLETE => Ok(plain),
            _ => Err(library.failure(major, minor)),
        }
    }

    /// Puts protection on a message, against change.
    pub fn wrap(&mut self, message: &[u8]) -> Result<Secret, Failure> {
        let library = self.service.library;
        let mut minor = 0;
        let mut wrapped = Buffer::EMPTY;
        let message = Buffer::of(message);
        // SAFETY: as in `step`.
        let major = unsafe {
            (library.wrap)(
                &raw mut minor,
                self.context,
                0,
                0,
                &raw const message,
                null_mut(),
                &raw mut wrapped,
            )
        };
        let wrapped = library.take(&mut wrapped);
        match major {
            COMPLETE => Ok(wrapped),
            _ => Err(library.failure(major, minor)),
        }
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        if !self.context.is_null() {
            let mut minor = 0;
            // SAFETY: our context, which nobody else has.
            unsafe {
                (self.service.library.delete_sec_context)(
                    &raw mut minor,
                    &raw mut self.context,
                    null_mut(),
                )
            };
        }
    }
}

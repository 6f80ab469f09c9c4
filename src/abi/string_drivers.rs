//! The string drivers: how a [`MailString`] reads memory, a stdio file, or a file descriptor.
//!
//! The macros of `mail.h` (`INIT`, `SNX`, `SETPOS`, …) call these through `dtb`, so they are
//! written for raw C memory: a string lives on its caller's stack.

use core::ffi::{c_char, c_ulong, c_void};

use super::types::{FdData, MailString, StringDriver};

/// `mail_string`: the data is in memory.
pub(super) const MEMORY: StringDriver = StringDriver {
    init: Some(memory_init),
    next: Some(memory_next),
    setpos: Some(memory_setpos),
};

/// `file_string`: the data is a stdio `FILE *`, read one octet ahead.
pub(super) const FILE: StringDriver = StringDriver {
    init: Some(file_init),
    next: Some(file_next),
    setpos: Some(file_setpos),
};

/// `fd_string`: the data is an [`FdData`], read through the buffer it names.
pub(super) const FD: StringDriver = StringDriver {
    init: Some(fd_init),
    next: Some(fd_next),
    setpos: Some(fd_setpos),
};

/// How many octets have been read: `GETPOS`.
///
/// # Safety
/// `s` was set up by its driver.
pub unsafe fn position(s: &MailString) -> c_ulong {
    // SAFETY: `curpos` lies within the chunk.
    s.offset + unsafe { s.curpos.offset_from(s.chunk) } as c_ulong
}

/// The octets that are left to read: `SIZE`.
///
/// # Safety
/// `s` was set up by its driver.
pub unsafe fn remaining(s: &MailString) -> c_ulong {
    // SAFETY: as above.
    s.size.saturating_sub(unsafe { position(s) })
}

/// Goes to octet `i`: `SETPOS`. Without a driver nothing happens.
///
/// # Safety
/// `s` was set up by its driver.
pub unsafe fn seek(s: &mut MailString, i: c_ulong) {
    // SAFETY: the driver's own function, called as its prototype says.
    unsafe {
        if let Some(setpos) = s.dtb.as_ref().and_then(|dtb| dtb.setpos) {
            setpos(s, i);
        }
    }
}

/// Whether all of a string lies in memory, behind `curpos`.
///
/// # Safety
/// `s` was set up by its driver.
pub unsafe fn is_in_memory(s: &MailString) -> bool {
    // SAFETY: the driver of a string stays in memory.
    let next = unsafe { s.dtb.as_ref() }.and_then(|driver| driver.next);
    next.zip(MEMORY.next)
        .is_some_and(|(next, ours)| core::ptr::fn_addr_eq(next, ours))
}

/// Reads up to `count` octets, fewer when the string ends, as `SNX` would one by one.
///
/// # Safety
/// `s` was set up by its driver.
pub unsafe fn read(s: &mut MailString, count: usize) -> Vec<u8> {
    // SAFETY: at most `remaining` octets are read; of the chunk at most `cursize`, and its last
    // one through the driver, which then gets the next chunk.
    unsafe {
        let count = count.min(remaining(s) as usize);
        let mut octets = Vec::new();
        // A size may be anything; one that there is no memory for reads as nothing.
        if octets.try_reserve_exact(count).is_err() {
            return octets;
        }
        while octets.len() < count {
            let run = (s.cursize.saturating_sub(1) as usize).min(count - octets.len());
            if run > 0 {
                octets.extend_from_slice(core::slice::from_raw_parts(s.curpos.cast::<u8>(), run));
                s.curpos = s.curpos.add(run);
                s.cursize -= run as c_ulong;
            } else {
                let Some(next) = s.dtb.as_ref().and_then(|dtb| dtb.next) else {
                    break;
                };
                s.cursize = s.cursize.saturating_sub(1);
                octets.push(next(s) as u8);
            }
        }
        octets
    }
}

unsafe extern "C-unwind" fn memory_init(s: *mut MailString, data: *mut c_void, size: c_ulong) {
    // SAFETY: INIT passes a string of the caller's; all its words are plain data.
    let s = unsafe { &mut *s };
    s.data = data;
    s.chunk = data.cast();
    s.curpos = data.cast();
    s.size = size;
    s.chunksize = size;
    s.cursize = size;
    s.data1 = 0;
    s.offset = 0;
}

unsafe extern "C-unwind" fn memory_next(s: *mut MailString) -> c_char {
    // SAFETY: SNX steps over one octet at a time and calls this within the data only, as its
    // caller keeps count with SIZE.
    unsafe {
        let s = &mut *s;
        let octet = *s.curpos;
        s.curpos = s.curpos.add(1);
        octet
    }
}

unsafe extern "C-unwind" fn memory_setpos(s: *mut MailString, i: c_ulong) {
    // SAFETY: a string of the caller's.
    let s = unsafe { &mut *s };
    // Past the end is the end: c-client's own driver would run off the data here.
    let i = i.min(s.chunksize);
    s.curpos = s.chunk.wrapping_add(i as usize);
    s.cursize = s.chunksize - i;
}

unsafe extern "C-unwind" fn file_init(s: *mut MailString, data: *mut c_void, size: c_ulong) {
    // SAFETY: INIT passes a string of the caller's, and an open FILE as its data.
    unsafe {
        let string = &mut *s;
        string.data = data;
        string.size = size;
        // One octet at a time, held in `data1`: every SNX then comes to `file_next`.
        string.chunksize = 1;
        string.cursize = 1;
        file_setpos(s, 0);
    }
}

unsafe extern "C-unwind" fn file_next(s: *mut MailString) -> c_char {
    // SAFETY: as for `file_init`; `curpos` points to `data1`.
    unsafe {
        let s = &mut *s;
        let octet = *s.curpos;
        s.offset += 1;
        s.cursize = 1;
        *s.curpos = libc::fgetc(s.data.cast()) as c_char;
        octet
    }
}

unsafe extern "C-unwind" fn file_setpos(s: *mut MailString, i: c_ulong) {
    // SAFETY: as for `file_init`. The octet read ahead lies in the string itself, whose address
    // may have changed since INIT.
    unsafe {
        let s = &mut *s;
        s.offset = i;
        s.chunk = (&raw mut s.data1).cast();
        s.curpos = s.chunk;
        s.cursize = 1;
        libc::fseek(s.data.cast(), i as libc::c_long, libc::SEEK_SET);
        *s.curpos = libc::fgetc(s.data.cast()) as c_char;
    }
}

unsafe extern "C-unwind" fn fd_init(s: *mut MailString, data: *mut c_void, size: c_ulong) {
    // SAFETY: INIT passes a string of the caller's, and an `FdData` as its data.
    unsafe {
        let from = &*data.cast::<FdData>();
        let string = &mut *s;
        // The descriptor itself takes the place of the pointer: the FdData need not outlive INIT.
        string.data = from.fd as usize as *mut c_void;
        string.data1 = from.pos;
        string.size = size;
        string.chunk = from.chunk;
        string.chunksize = from.chunksize;
        fd_setpos(s, 0);
    }
}

unsafe extern "C-unwind" fn fd_next(s: *mut MailString) -> c_char {
    // SAFETY: SNX comes here for the last octet of the chunk.
    unsafe {
        let string = &mut *s;
        let octet = *string.curpos;
        string.curpos = string.curpos.add(1);
        let position = string.offset + string.curpos.offset_from(string.chunk) as c_ulong;
        fd_setpos(s, position);
        octet
    }
}

unsafe extern "C-unwind" fn fd_setpos(s: *mut MailString, i: c_ulong) {
    // SAFETY: a string that `fd_init` set up; the chunk holds `chunksize` octets.
    unsafe {
        let s = &mut *s;
        s.offset = i.min(s.size);
        s.curpos = s.chunk;
        s.cursize = s.chunksize.min(s.size - s.offset);
        let fd = s.data as usize as libc::c_int;
        let mut done = 0;
        while done < s.cursize {
            let got = libc::pread(
                fd,
                s.chunk.add(done as usize).cast(),
                (s.cursize - done) as usize,
                (s.data1 + s.offset + done) as libc::off_t,
            );
            if got < 0 && std::io::Error::last_os_error().kind() == std::io::ErrorKind::Interrupted
            {
                continue;
            }
            if got <= 0 {
                // The file is shorter than was promised: the rest reads as NUL.
                core::ptr::write_bytes(s.chunk.add(done as usize), 0, (s.cursize - done) as usize);
                break;
            }
            done += got as c_ulong;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Seek, Write};
    use std::os::fd::AsRawFd;

    /// SNX, as `mail.h` writes it.
    unsafe fn snx(s: &mut MailString) -> u8 {
        // SAFETY: the test's own strings.
        unsafe {
            s.cursize -= 1;
            if s.cursize > 0 {
                let octet = *s.curpos;
                s.curpos = s.curpos.add(1);
                octet as u8
            } else {
                ((*s.dtb).next.unwrap())(s) as u8
            }
        }
    }

    fn read_all(driver: StringDriver, data: *mut c_void, size: usize) -> (Vec<u8>, Vec<u8>) {
        let mut driver = driver;
        // SAFETY: zero is a valid string, and `data` is what the driver wants.
        unsafe {
            let mut s: MailString = core::mem::zeroed();
            s.dtb = &mut driver;
            (driver.init.unwrap())(&mut s, data, size as c_ulong);
            let all = (0..size).map(|_| snx(&mut s)).collect();
            seek(&mut s, 3);
            assert_eq!(remaining(&s), size as c_ulong - 3);
            let mut rest = read(&mut s, 4);
            rest.push(snx(&mut s));
            rest.extend(read(&mut s, usize::MAX));
            (all, rest)
        }
    }

    const TEXT: &[u8] = b"a string of several chunks\r\n";

    #[test]
    fn memory_reads_forward_and_seeks() {
        let (all, rest) = read_all(MEMORY, TEXT.as_ptr() as *mut c_void, TEXT.len());
        assert_eq!(all, TEXT);
        assert_eq!(rest, &TEXT[3..]);
    }

    fn file() -> std::fs::File {
        let path = std::env::temp_dir().join(format!(
            "c-client-string-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        ));
        let mut file = std::fs::File::options()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path)
            .unwrap();
        std::fs::remove_file(&path).unwrap();
        file.write_all(b"....").unwrap();
        file.write_all(TEXT).unwrap();
        file.rewind().unwrap();
        file
    }

    #[test]
    fn descriptor_reads_through_a_small_buffer() {
        let file = file();
        let mut chunk = [0 as c_char; 5];
        let mut from = FdData {
            fd: file.as_raw_fd(),
            pos: 4,
            chunk: chunk.as_mut_ptr(),
            chunksize: chunk.len() as c_ulong,
        };
        let (all, rest) = read_all(FD, (&raw mut from).cast(), TEXT.len());
        assert_eq!(all, TEXT);
        assert_eq!(rest, &TEXT[3..]);
    }

    #[test]
    fn a_short_file_ends_in_nul() {
        let file = file();
        let mut chunk = [1 as c_char; 8];
        let mut from = FdData {
            fd: file.as_raw_fd(),
            pos: 4,
            chunk: chunk.as_mut_ptr(),
            chunksize: chunk.len() as c_ulong,
        };
        let (all, _) = read_all(FD, (&raw mut from).cast(), TEXT.len() + 6);
        assert_eq!(&all[..TEXT.len()], TEXT);
        assert_eq!(&all[TEXT.len()..], &[0; 6]);
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri has no fdopen")]
    fn stdio_reads_one_octet_ahead() {
        let file = file();
        // SAFETY: a duplicate of an open descriptor; fclose closes it.
        unsafe {
            let stream = libc::fdopen(libc::dup(file.as_raw_fd()), c"r".as_ptr());
            assert!(!stream.is_null());
            let (all, rest) = read_all(FILE, stream.cast(), TEXT.len() + 4);
            assert_eq!(&all[4..], TEXT);
            assert_eq!(rest[0], b'.');
            assert_eq!(&rest[1..], TEXT);
            libc::fclose(stream);
        }
    }
}

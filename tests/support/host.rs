//! A silent host program: the fifteen callbacks the library leaves undefined, for Rust tests.

use c_client::abi::types::{MailStatus, MailStream, NetMbx};
use core::ffi::{c_char, c_int, c_long, c_ulong};

macro_rules! silent {
    ($($name:ident($($ty:ty),*) $(-> $ret:ty)?;)*) => { $(
        #[unsafe(no_mangle)]
        extern "C-unwind" fn $name($(_: $ty),*) $(-> $ret)? { $(0 as $ret)? }
    )* };
}

silent! {
    mm_searched(*mut MailStream, c_ulong);
    mm_exists(*mut MailStream, c_ulong);
    mm_expunged(*mut MailStream, c_ulong);
    mm_flags(*mut MailStream, c_ulong);
    mm_notify(*mut MailStream, *mut c_char, c_long);
    mm_list(*mut MailStream, c_int, *mut c_char, c_long);
    mm_lsub(*mut MailStream, c_int, *mut c_char, c_long);
    mm_status(*mut MailStream, *mut c_char, *mut MailStatus);
    mm_log(*mut c_char, c_long);
    mm_dlog(*mut c_char);
    mm_login(*mut NetMbx, *mut c_char, *mut c_char, c_long);
    mm_critical(*mut MailStream);
    mm_nocritical(*mut MailStream);
    mm_diskerror(*mut MailStream, c_long, c_long) -> c_long;
    mm_fatal(*mut c_char);
}

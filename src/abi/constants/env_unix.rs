//! Constants of `env_unix.h`.

use core::ffi::{CStr, c_int};

// Restrictions on mailbox names of a server.
pub const RESTRICTROOT: c_int = 0x1;
pub const RESTRICTOTHERUSER: c_int = 0x2;

// Names of files, users and groups.
pub const SYSCONFIG: &CStr = c"/etc/c-client.cf";
pub const ANONYMOUSUSER: &CStr = c"nobody";
pub const UNLOGGEDUSER: &CStr = c"root";
pub const ADMINGROUP: &CStr = c"mailadm";

// Who is logged in (`myusername_full`).
pub const MU_LOGGEDIN: c_int = 0;
pub const MU_NOTLOGGEDIN: c_int = 1;
pub const MU_ANONYMOUS: c_int = 2;

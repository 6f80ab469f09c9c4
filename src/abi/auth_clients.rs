//! The client side of the exported authenticators, for programs that run one over a protocol of their own.
//!
//! The library's own logins do not come here: they use [`crate::sasl`] directly, as these do.

use core::ffi::{c_char, c_long, c_ulong, c_void};
use core::ptr::null_mut;

use zeroize::Zeroize;

use super::authenticators::ClientFunction;
use super::callbacks::{self, LoginBuffer};
use super::constants::{MAILTMPLEN, WARN};
use super::entry::{c_str, fence};
use super::memory::release;
use super::tell;
use super::types::{NetMbx, authchallenge_t, authrespond_t};
use crate::mailbox_name::NetMbx as Name;
use crate::sasl::{Channel, Credentials, MECHANISMS, MechanismInfo, Secret};

/// What `*trial` becomes when there is no point in another try.
const NO_MORE_TRIALS: c_ulong = 65535;

/// The other end of an exchange: the functions that the caller of an authenticator brings.
struct Peer {
    challenger: authchallenge_t,
    responder: authrespond_t,
    stream: *mut c_void,
}

impl Peer {
    /// The next challenge, decoded; `None` when the exchange is over.
    fn challenge(&self) -> Option<Vec<u8>> {
        let challenger = self.challenger?;
        let mut size: c_ulong = 0;
        // SAFETY: the caller's function with the caller's stream; it returns NULL or a block of `size` octets of the C
        // heap, which is ours to free.
        unsafe {
            let mut text = challenger(self.stream, &raw mut size);
            if text.is_null() {
                return None;
            }
            let bytes = core::slice::from_raw_parts(text.cast::<u8>(), size as usize).to_vec();
            release(&mut text);
            Some(bytes)
        }
    }

    /// Answers a challenge.
    fn respond(&self, answer: &[u8]) -> bool {
        // The interface declares the text writable; it is a copy, wiped afterwards.
        let mut copy = Secret::new(answer.to_vec());
        // Some responders look for an end beyond the size.
        copy.push(0);
        self.responder.is_some_and(|responder| {
            // SAFETY: the caller's function with the caller's stream, and a buffer of more than that size.
            unsafe {
                responder(
                    self.stream,
                    copy.as_mut_ptr().cast(),
                    answer.len() as c_ulong,
                ) != 0
            }
        })
    }

    /// Cancels the exchange.
    fn cancel(&self) {
        if let Some(responder) = self.responder {
            // SAFETY: as above; NULL cancels.
            unsafe { responder(self.stream, null_mut(), 0) };
        }
    }
}

/// One exchange with a password from `mm_login`: T when the caller is to look what the server made of it.
///
/// # Safety
/// As [`super::types::authclient_t`] demands: `mb` a name, `trial` a counter, `user` `MAILTMPLEN` octets.
unsafe fn with_password(
    name: &str,
    peer: &Peer,
    mb: *mut NetMbx,
    trial: *mut c_ulong,
    user: *mut c_char,
) -> c_long {
    if mb.is_null() || trial.is_null() || user.is_null() {
        return 0;
    }
    let Some(info) = MECHANISMS.iter().find(|info| info.name == name) else {
        return 0;
    };
    // SAFETY: (whole body) the caller's promise. No reference lives while the caller's functions run.
    let (clear, tried) = unsafe {
        let clear = (*mb).sslflag() == 0 && (*mb).tlsflag() == 0;
        (clear, core::ptr::replace(trial, NO_MORE_TRIALS))
    };
    let try_again = |trials: c_ulong| {
        // SAFETY: as above.
        unsafe { *trial = trials };
        1
    };
    if name == "PLAIN" && clear {
        callbacks::log(
            c"SECURITY PROBLEM: insecure server advertised AUTH=PLAIN",
            WARN,
        );
    }
    let Some(mut challenge) = peer.challenge() else {
        return 0;
    };
    if name == "PLAIN" && !challenge.is_empty() {
        callbacks::log(c"Server bug: non-empty initial PLAIN challenge", WARN);
        peer.cancel();
        return try_again(0);
    }
    let mut password: LoginBuffer = [0; MAILTMPLEN as usize];
    // SAFETY: as above; both buffers end in NUL, `login` sees to it, and so does the name's `authuser`.
    let credentials = unsafe {
        let user = user.cast::<LoginBuffer>();
        callbacks::login(
            &mut *mb,
            &mut *user,
            &mut password,
            c_long::try_from(tried).unwrap_or(0),
        );
        let text =
            |text: *const c_char| c_str(text).map_or(Vec::new(), |text| text.to_bytes().to_vec());
        Credentials {
            user: text(user.cast()),
            authuser: Some(text((*mb).authuser.as_ptr())).filter(|name| !name.is_empty()),
            password: Secret::new(text(password.as_ptr())),
        }
    };
    password.zeroize();
    if credentials.password.is_empty() {
        peer.cancel();
        return try_again(0);
    }
    let begun = (info.start)(credentials).and_then(|mut exchange| {
        exchange.bind(&Channel::default())?;
        Ok(exchange)
    });
    let Ok(mut exchange) = begun else {
        peer.cancel();
        return 0;
    };
    loop {
        let Ok(answer) = exchange.respond(&challenge) else {
            return 0;
        };
        if !peer.respond(&answer) {
            return 0;
        }
        match peer.challenge() {
            Some(next) => challenge = next,
            None => {
                // Without the server's proof, what it says now is not worth looking at.
                let proved = exchange.finish(None).is_ok();
                return try_again(tried.wrapping_add(1)) & c_long::from(proved);
            }
        }
    }
}

macro_rules! clients {
    ($($(#[$meta:meta])* $client:ident: $name:literal;)*) => {
        /// The mechanism that one of these functions is the client of.
        pub fn mechanism(client: ClientFunction) -> Option<&'static MechanismInfo> {
            let name = [$(($client as ClientFunction, $name)),*]
                .into_iter()
                .find(|(function, _)| core::ptr::fn_addr_eq(*function, client))?
                .1;
            MECHANISMS.iter().find(|info| info.name == name)
        }
    $(
        $(#[$meta])*
        ///
        /// # Safety
        /// As `authclient_t` demands.
        pub unsafe extern "C-unwind" fn $client(
            challenger: authchallenge_t,
            responder: authrespond_t,
            _service: *mut c_char,
            mb: *mut NetMbx,
            stream: *mut c_void,
            trial: *mut c_ulong,
            user: *mut c_char,
        ) -> c_long {
            fence(stringify!($client), || {
                let peer = Peer { challenger, responder, stream };
                // SAFETY: the caller's promise.
                unsafe { with_password($name, &peer, mb, trial, user) }
            })
        }
    )* };
}

clients! {
    /// CRAM-MD5.
    cram_md5: "CRAM-MD5";
    /// PLAIN.
    plain: "PLAIN";
    /// LOGIN.
    login: "LOGIN";
    /// SCRAM-SHA-256-PLUS.
    scram_sha_256_plus: "SCRAM-SHA-256-PLUS";
    /// SCRAM-SHA-1-PLUS.
    scram_sha_1_plus: "SCRAM-SHA-1-PLUS";
    /// SCRAM-SHA-256.
    scram_sha_256: "SCRAM-SHA-256";
    /// SCRAM-SHA-1.
    scram_sha_1: "SCRAM-SHA-1";
}

/// GSSAPI: the Kerberos ticket says it all.
///
/// # Safety
/// As `authclient_t` demands.
pub unsafe extern "C-unwind" fn gssapi(
    challenger: authchallenge_t,
    responder: authrespond_t,
    service: *mut c_char,
    mb: *mut NetMbx,
    stream: *mut c_void,
    trial: *mut c_ulong,
    user: *mut c_char,
) -> c_long {
    fence("gssapi", || {
        let peer = Peer {
            challenger,
            responder,
            stream,
        };
        // SAFETY: the caller's promise; the names in `mb` end in NUL.
        let (service, mailbox) = unsafe {
            if mb.is_null() || trial.is_null() {
                return 0;
            }
            *trial = NO_MORE_TRIALS;
            let text = |text: *const c_char| {
                c_str(text).map_or(Vec::new(), |text| text.to_bytes().to_vec())
            };
            let mailbox = Name {
                host: text((*mb).host.as_ptr()),
                user: text((*mb).user.as_ptr()),
                authuser: text((*mb).authuser.as_ptr()),
                ..Name::default()
            };
            let service = String::from_utf8_lossy(&text(service)).into_owned();
            (service, mailbox)
        };
        let Some(mut challenge) = peer.challenge() else {
            return 0;
        };
        let Ok((mut exchange, name)) = super::gssapi::begin(&service, &mailbox, true) else {
            peer.cancel();
            return 1;
        };
        // SAFETY: `MAILTMPLEN` octets by the caller's promise, or NULL.
        if let Some(user) = unsafe { user.cast::<LoginBuffer>().as_mut() } {
            let room = user.len() - 1;
            for (to, &from) in user.iter_mut().zip(name.iter().take(room).chain(&[0])) {
                *to = from as c_char;
            }
        }
        loop {
            match exchange.respond(&challenge) {
                Ok(answer) if peer.respond(&answer) => {}
                Ok(_) => return 0,
                Err(error) => {
                    callbacks::log(&tell::c_string(error.to_string().as_bytes()), WARN);
                    peer.cancel();
                    return 0;
                }
            }
            match peer.challenge() {
                Some(next) => challenge = next,
                None => return c_long::from(exchange.finish(None).is_ok()),
            }
        }
    })
}

/// EXTERNAL: says who one wants to be; there is no password.
///
/// # Safety
/// As `authclient_t` demands.
pub unsafe extern "C-unwind" fn external(
    challenger: authchallenge_t,
    responder: authrespond_t,
    _service: *mut c_char,
    mb: *mut NetMbx,
    stream: *mut c_void,
    trial: *mut c_ulong,
    user: *mut c_char,
) -> c_long {
    fence("external", || {
        let peer = Peer {
            challenger,
            responder,
            stream,
        };
        // SAFETY: the caller's promise; the name in `mb` ends in NUL and is shorter than MAILTMPLEN.
        let name = unsafe {
            if mb.is_null() || trial.is_null() {
                return 0;
            }
            *trial = NO_MORE_TRIALS;
            let name =
                c_str((*mb).user.as_ptr()).map_or(Vec::new(), |name| name.to_bytes().to_vec());
            if peer.challenge().is_none() {
                return 0;
            }
            if let Some(user) = user.cast::<LoginBuffer>().as_mut() {
                for (to, &from) in user.iter_mut().zip(name.iter().chain(&[0])) {
                    *to = from as c_char;
                }
            }
            name
        };
        c_long::from(peer.respond(&name) && peer.challenge().is_none())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::memory::copy_bytes;

    /// A server with a list of challenges; keeps the answers.
    struct Server {
        challenges: Vec<&'static [u8]>,
        answers: Vec<Option<Vec<u8>>>,
    }

    unsafe extern "C-unwind" fn challenge(server: *mut c_void, size: *mut c_ulong) -> *mut c_void {
        // SAFETY: the server of the test.
        let server = unsafe { &mut *server.cast::<Server>() };
        if server.challenges.is_empty() {
            return null_mut();
        }
        let text = server.challenges.remove(0);
        // SAFETY: a place for the size.
        unsafe { *size = text.len() as c_ulong };
        copy_bytes(text).cast()
    }

    unsafe extern "C-unwind" fn respond(
        server: *mut c_void,
        text: *mut c_char,
        size: c_ulong,
    ) -> c_long {
        // SAFETY: the server of the test, and a text of that size or NULL.
        unsafe {
            let answer = (!text.is_null())
                .then(|| core::slice::from_raw_parts(text.cast::<u8>(), size as usize).to_vec());
            (*server.cast::<Server>()).answers.push(answer);
        }
        1
    }

    type Client = unsafe extern "C-unwind" fn(
        authchallenge_t,
        authrespond_t,
        *mut c_char,
        *mut NetMbx,
        *mut c_void,
        *mut c_ulong,
        *mut c_char,
    ) -> c_long;

    /// Answer, trial counter and what the server got. The host of unit tests gives no password.
    fn run(
        client: Client,
        challenges: &[&'static [u8]],
    ) -> (c_long, c_ulong, Vec<Option<Vec<u8>>>) {
        let mut server = Server {
            challenges: challenges.to_vec(),
            answers: Vec::new(),
        };
        let mut trial = 3;
        let mut user: LoginBuffer = [0; MAILTMPLEN as usize];
        // SAFETY: all zero is a valid name; everything outlives the call.
        let answer = unsafe {
            let mut mb: NetMbx = core::mem::zeroed();
            mb.user[0] = b'u' as c_char;
            client(
                Some(challenge),
                Some(respond),
                c"imap".as_ptr().cast_mut(),
                &raw mut mb,
                (&raw mut server).cast(),
                &raw mut trial,
                user.as_mut_ptr(),
            )
        };
        (answer, trial, server.answers)
    }

    #[test]
    fn external_says_the_name_and_is_never_tried_again() {
        let named = Some(b"u".to_vec());
        assert_eq!(
            run(external, &[b""]),
            (1, NO_MORE_TRIALS, vec![named.clone()])
        );
        assert_eq!(
            run(external, &[b"", b"more"]),
            (0, NO_MORE_TRIALS, vec![named])
        );
        assert_eq!(run(external, &[]), (0, NO_MORE_TRIALS, vec![]));
    }

    #[test]
    fn without_a_password_the_exchange_is_cancelled_for_good() {
        assert_eq!(run(login, &[b"Username:"]), (1, 0, vec![None]));
        assert_eq!(run(cram_md5, &[b"<1@host>"]), (1, 0, vec![None]));
        assert_eq!(run(plain, &[b""]), (1, 0, vec![None]));
        assert_eq!(run(plain, &[b"What?"]), (1, 0, vec![None]));
        assert_eq!(run(login, &[]), (0, NO_MORE_TRIALS, vec![]));
    }

    #[test]
    fn nothing_to_work_with_is_a_failure() {
        // SAFETY: no pointers at all.
        unsafe {
            let nil = null_mut();
            assert_eq!(
                login(None, None, nil, null_mut(), null_mut(), null_mut(), nil),
                0
            );
            assert_eq!(
                external(None, None, nil, null_mut(), null_mut(), null_mut(), nil),
                0
            );
        }
    }
}

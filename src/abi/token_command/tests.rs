use super::*;

fn sh(script: &str) -> Vec<String> {
    ["/bin/sh", "-c", script].map(str::to_owned).to_vec()
}

fn run_sh(script: &str, seconds: u64) -> Result<Token, String> {
    run(&sh(script), c"/tmp", Duration::from_secs(seconds))
}

#[test]
fn a_token_and_how_long_it_is_good() {
    assert_eq!(
        run_sh("echo abc.def", 60).unwrap().text.as_slice(),
        b"abc.def"
    );
    let token = run_sh(r#"echo '{"access_token":"abc","expires_in":3599}'"#, 60).unwrap();
    assert_eq!(
        (token.text.as_slice(), token.lifetime),
        (&b"abc"[..], Some(Duration::from_secs(3599)))
    );
}

#[test]
fn failures_say_what_the_command_said() {
    assert_eq!(
        run_sh("echo 'no such account' >&2; echo tok; exit 3", 60).unwrap_err(),
        "failed with exit status 3; it says: no such account"
    );
    assert_eq!(
        run_sh("kill -9 $$", 60).unwrap_err(),
        "was ended by signal 9"
    );
    assert_eq!(run_sh("true", 60).unwrap_err(), "no token: nothing there");
    assert_eq!(
        run_sh("echo a; echo b", 60).unwrap_err(),
        "no token: more than one line"
    );
    let missing = run(&["/nonexistent/x".to_owned()], c"/", Duration::from_secs(5)).unwrap_err();
    assert!(
        missing.starts_with("cannot be started: No such file"),
        "{missing}"
    );
}

#[test]
fn what_hangs_is_killed_with_its_children() {
    let pid_file = std::env::temp_dir().join(format!("c-client-token-{}", std::process::id()));
    let begun = Instant::now();
    let script = format!("sleep 300 & echo $! > {}; wait", pid_file.display());
    assert_eq!(
        run_sh(&script, 1).unwrap_err(),
        "did not end in 1 seconds and was killed"
    );
    assert!(begun.elapsed() < Duration::from_secs(20));
    let child = std::fs::read_to_string(&pid_file).unwrap();
    std::fs::remove_file(&pid_file).unwrap();
    let stat = format!("/proc/{}/stat", child.trim());
    let gone = || std::fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z "));
    for _ in 0..200 {
        if gone() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("the child lives on");
}

#[test]
fn too_much_output_is_cut_off() {
    let error = run_sh(
        "while :; do echo 0123456789012345678901234567890123456789; done",
        20,
    )
    .unwrap_err();
    assert_eq!(error, "printed more than 65536 octets and was killed");
    // Complaints without end do not stop it.
    let token = run_sh("head -c 1000000 /dev/zero >&2; echo tok", 60).unwrap();
    assert_eq!(token.text.as_slice(), b"tok");
}

#[test]
fn the_environment_is_clean() {
    let token = run_sh(
        "env | sort | grep -v -e ^_= -e ^PWD= -e ^SHLVL= | tr '\\n' ','",
        10,
    )
    .unwrap();
    let text = String::from_utf8(token.text.to_vec()).unwrap();
    assert_eq!(text, format!("HOME=/tmp,LANG=C,PATH={PATH},"));
    assert_eq!(run_sh("pwd", 60).unwrap().text.as_slice(), b"/");
}

#[test]
fn descriptors_of_the_host_stay_here() {
    use std::os::fd::AsRawFd;
    let file = std::fs::File::open("/dev/null").unwrap();
    // SAFETY: a descriptor of ours; the duplicate is closed below.
    let left_open = unsafe { libc::dup(file.as_raw_fd()) };
    assert!(left_open > 2);
    let token = run_sh(
        &format!("if test -e /proc/self/fd/{left_open}; then echo open; else echo closed; fi"),
        10,
    )
    .unwrap();
    // SAFETY: as above.
    unsafe { libc::close(left_open) };
    // The shell itself may have opened a file under that number only if it runs a script from one.
    assert_eq!(token.text.as_slice(), b"closed");
}

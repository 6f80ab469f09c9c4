#!/usr/bin/env python3
"""End to end: a real Asterisk keeps its voicemail in a real IMAP server through libc-client.so.2007e.

    e2e/run.py [--lib ours|uw] [--patched | --work] [--only PATTERN...] [--keep] [--jobs N] [--prefix DIR] [--list]

Worlds (groups of checks that share their servers) run side by side; --jobs 1 runs one at a time.
Each check prints a line of its own, "ok NAME (seconds)" or "FAIL NAME: why"; the last line counts them.
--lib uw runs the same checks with Debian's libc-client2007e (unpacked privately), to show that they are fair.
--patched runs them on an Asterisk with the patches of asterisk-patch/. Checks that belong to a patch must fail without it.
"""

import argparse
import fnmatch
import glob
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(ROOT, "testbed"), os.path.join(ROOT, "e2e")]
import harness  # noqa: E402  (found through the line above)
import install  # noqa: E402
import checks_main  # noqa: E402,F401  (this and the next register their checks)
import checks_folders  # noqa: E402,F401
import checks_forward  # noqa: E402,F401
import checks_lamps  # noqa: E402,F401
import checks_kinds  # noqa: E402,F401
import checks_life  # noqa: E402,F401
import checks_copies  # noqa: E402,F401
import checks_names  # noqa: E402,F401
import checks_oauth  # noqa: E402,F401
import checks_paths  # noqa: E402,F401
import checks_proxy  # noqa: E402,F401
import checks_push  # noqa: E402,F401
import checks_server  # noqa: E402,F401
import checks_spool  # noqa: E402,F401
import checks_state  # noqa: E402,F401
import checks_stored  # noqa: E402,F401
import checks_trouble  # noqa: E402,F401

CHECK_SECONDS = 150  # a check that needs longer hangs
RUN_SECONDS = 900  # and so does a whole run
SECOND_LOOKS = 3  # of what failed beside other worlds so many are tried again by themselves: a busy machine is late for a call
ROUNDS = 3  # and must pass so many times in a row


class TooLong(Exception):
    """A check or the run has used up its time."""


def _ring(*_):
    raise TooLong


def run_check(world, item):
    """Run one check; returns None or why it failed."""
    why = _outcome(world, item)
    if item.patch is None or world.patched:
        return why
    patch, pattern = item.patch
    if why is None:
        return f"the unmodified Asterisk is known to fail here (patch {patch}), and did not"
    return None if re.search(pattern, " ".join(why.split())) else f"not the known failure ({pattern}): {why}"


def _outcome(world, item):
    why = _run_check(world, item)
    dies = item.kills_uw and world.library_name == "uw" and not world.patched
    if world.asterisk.alive():
        if dies:
            return "UW's library is known to kill Asterisk here, and did not: the expectation is out of date"
        return why
    cores = world.asterisk.cores()
    if dies and world.asterisk.process.returncode < 0:
        return None
    return f"Asterisk died ({world.asterisk.ending()}, core file: {'yes' if cores else 'no'}); {why}"


def _run_check(world, item):
    test = harness.Test(world, item)
    signal.signal(signal.SIGALRM, _ring)
    signal.alarm(CHECK_SECONDS)
    try:
        item.function(test)
        test.aftermath()
        return None
    except TooLong:
        return f"did not end within {CHECK_SECONDS} s"
    except AssertionError as error:
        return str(error)
    except Exception as error:  # a fault of the check itself must not end the run
        where = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {error} ({os.path.basename(where.filename)}:{where.lineno})"
    finally:
        signal.alarm(0)


def run_world(world, items, report, keep):
    """Run the checks of one world."""
    try:
        world.start(items)
        for item in items:
            if not world.asterisk.alive():
                world.start_asterisk()
            begin = time.monotonic()
            why = run_check(world, item)
            report(item.name, time.monotonic() - begin, why)
            if why is not None or item.patch and not world.patched:
                world.recover()
        if keep:
            print(f"kept: {world.name} in {os.path.relpath(world.directory)}; press Enter to end it", flush=True)
            sys.stdin.readline()
    finally:
        world.stop()


def parse():
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--lib", choices=("ours", "uw"), default="ours", help="which libc-client.so.2007e Asterisk gets")
    options.add_argument("--patched", action="store_true", help="an Asterisk with the patches of asterisk-patch/")
    options.add_argument("--work", action="store_true", help="the same, from target/asterisk-series as it lies there")
    options.add_argument("--only", nargs="+", metavar="PATTERN", help="names of checks (shell patterns) or worlds")
    options.add_argument("--keep", action="store_true", help="leave each world's servers running until Enter is pressed")
    options.add_argument("--jobs", type=int, default=3, help="how many worlds run at a time")
    options.add_argument("--prefix", help="an installed c-client to build Asterisk against (default: ours, by make install)")
    options.add_argument("--asterisk", metavar="DIR", help="an Asterisk installed there, with its voicemail module (e2e/ways.py)")
    options.add_argument("--library", metavar="DIR", help="where that one's libc-client is; 'static' when it is in the module")
    options.add_argument("--list", action="store_true", help="name the checks and end")
    options.add_argument("--world", help=argparse.SUPPRESS)  # one world, with everything in place: how worlds run side by side
    chosen = options.parse_args()
    chosen.patched |= chosen.work
    return chosen


def choose(chosen):
    """The checks that the command line names, all of them if it names none.

    What a patch mends is shown on the unmodified Asterisk with our library: UW's fails there in ways of its own as well.
    """
    patterns = chosen.only
    return [item for item in harness.CHECKS
            if not (item.patch and chosen.lib == "uw" and not chosen.patched)
            if not patterns or any(fnmatch.fnmatch(item.name, pattern) or item.world == pattern for pattern in patterns)]


def patches_without_checks():
    """Names of patches that no check belongs to, and of patches that checks name and that do not exist."""
    files = sorted(os.path.basename(path) for path in glob.glob(os.path.join(ROOT, "asterisk-patch", "[0-9]*.patch")))
    named = {item.patch[0] for item in harness.CHECKS if item.patch}

    def belongs(name, slug):  # git cuts long names
        begin = name.removesuffix(".patch")[len("NNNN-app_voicemail-"):]
        return begin.startswith(slug) or slug.startswith(begin)

    alone = [name for name in files if not any(belongs(name, slug) for slug in named)]
    unknown = [slug for slug in named if not any(belongs(name, slug) for name in files)]
    return alone + sorted(unknown)


def one_world(chosen, directory, library, asterisk):
    """Run one world's checks in this process."""
    items = [item for item in choose(chosen) if item.world == chosen.world]

    def report(name, seconds, why):
        print(f"ok {name} ({seconds:.1f})" if why is None else f"FAIL {name}: {' '.join(why.split())}", flush=True)

    world = harness.WORLDS[chosen.world](directory, asterisk, library, chosen.lib, chosen.patched)
    run_world(world, items, report, chosen.keep)


def all_worlds(chosen, names):
    """Run each world in a process of its own, a few at a time; yields (world, line) as they come."""
    lines = queue.Queue()
    waiting = list(names)
    running = {}
    deadline = time.monotonic() + RUN_SECONDS

    def follow(name, process):
        for line in process.stdout:
            lines.put((name, line.rstrip("\n")))
        process.wait()
        lines.put((name, None))

    while waiting or running:
        while waiting and len(running) < (1 if chosen.keep else chosen.jobs):
            name = waiting.pop(0)
            command = [sys.executable, os.path.abspath(__file__), "--lib", chosen.lib, "--world", name]
            command += ["--patched"] if chosen.patched else []
            command += ["--asterisk", chosen.asterisk, "--library", chosen.library] if chosen.asterisk else []
            command += ["--keep"] if chosen.keep else []
            command += ["--only", *chosen.only] if chosen.only else []
            process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            running[name] = process
            threading.Thread(target=follow, args=(name, process), daemon=True).start()
        try:
            name, line = lines.get(timeout=max(0.1, deadline - time.monotonic()))
        except queue.Empty:
            for process in running.values():
                process.terminate()  # its servers end with it: SIGTERM unwinds
            waiting.clear()
            deadline = time.monotonic() + 60
            continue
        if line is None:
            del running[name]
        else:
            yield name, line


def watch(lines, left):
    """Print the lines as they come, and take the checks out of `left`; returns (number that passed, failures)."""
    passed, failures = 0, {}
    for _, line in lines:
        print(line, flush=True)
        shape = re.match(r"(ok|FAIL) ([\w-]+)(.*)", line)
        if shape and shape[2] in left:
            left.remove(shape[2])
            passed += shape[1] == "ok"
            if shape[1] == "FAIL":
                failures[shape[2]] = shape[3]
    return passed, failures


def by_itself(chosen, directory, names):
    """Run these checks again, with nothing beside them and everything anew; returns those that always pass now."""
    print(f"again, by itself: {' '.join(names)} (what the first try left is in {os.path.relpath(directory, ROOT)}-first)", flush=True)
    shutil.rmtree(directory + "-first", ignore_errors=True)
    os.rename(directory, directory + "-first")
    for _ in range(ROUNDS):
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(directory)
        alone = argparse.Namespace(**{**vars(chosen), "only": names, "jobs": 1})
        left = set(names)
        _, failures = watch(all_worlds(alone, sorted({item.world for item in choose(alone)})), left)
        names = [name for name in names if name not in failures and name not in left]
        if not names:
            break
    return names


def main():
    """Run what the command line asks for. Exit status 0 means that nothing failed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    chosen = parse()
    wanted = choose(chosen)
    if chosen.list:
        for item in wanted:
            print(f"{item.name:24} {item.world:9} {(item.function.__doc__ or '').strip().splitlines()[0]}")
        return 0
    if not wanted:
        print(f"no check is called {' '.join(chosen.only)}", file=sys.stderr)
        return 2
    directory = os.path.join(ROOT, "target", "e2e", chosen.lib + ("-patched" if chosen.patched else "-other" if chosen.asterisk else ""))
    if chosen.world:
        library, asterisk = install.places(ROOT, chosen.lib, chosen.patched)
        one_world(chosen, directory, chosen.library or library, chosen.asterisk or asterisk)
        return 0

    if not chosen.asterisk:
        install.prepare(ROOT, chosen.lib, chosen.prefix, chosen.patched, chosen.work)
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    # The longest first, so that the end is not one world alone.
    names = sorted({item.world for item in wanted}, key=lambda name: -sum(item.world == name for item in wanted))
    left = {item.name for item in wanted}
    passed, failures = watch(all_worlds(chosen, names), left)
    late = []
    # An Asterisk that dies is no matter of time.
    slow = not any("Asterisk died" in why for why in failures.values())
    if slow and 0 < len(failures) <= SECOND_LOOKS < len(wanted) and not chosen.keep:
        late = [name for name in by_itself(chosen, directory, list(failures)) if failures.pop(name)]
        passed += len(late)
    failed = len(failures)
    if chosen.patched and not chosen.only:
        for name in patches_without_checks():
            failed += 1
            print(f"FAIL {name}: a patch and its check do not find each other")
    for name in sorted(left):
        failed += 1
        print(f"FAIL {name}: it was never run to its end")
    print(f"{passed} passed, {failed} failed" + (f" ({len(late)} at the second try: {' '.join(late)})" if late else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

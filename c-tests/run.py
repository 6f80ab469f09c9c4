#!/usr/bin/env python3
"""Runs the C test programs: c-tests/diff/*.c against UW c-client and ours, c-tests/own/*.c against ours.

    c-tests/run.py                     everything
    c-tests/run.py --only open status  the programs named (names of files without .c)
    c-tests/run.py --valgrind          ours only, under valgrind: no errors, no definite leaks
    c-tests/run.py --sanitize thread   ours only, with AddressSanitizer (address) or ThreadSanitizer (thread), which
                                       scripts/sanitize.sh builds it with
    c-tests/run.py --uw-only           print what UW says, compare nothing
    c-tests/run.py --cxx               compile as C++ (a suite demands that all compile so: clients/source.py)
    c-tests/run.py --cxx --compile     and run nothing
    c-tests/run.py --debian-headers    compile against Debian's headers instead of ours
    c-tests/run.py --seed 4711         draw the input of that run again (without it: a new seed each run, printed)

A diff program is compiled once and run once with each library, on a fresh and identical mail store;
standard output must be the same byte for byte, after replacing what must vary (ports, times of day)
and what deviations.json lists as a known difference. A listed difference that does not occur is a
failure too. Ends with a line "N passed, N failed"; outputs stay in target/c-tests/.
"""

import argparse
import concurrent.futures
import difflib
import os
import random
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path[:0] = [HERE, os.path.join(ROOT, "testbed")]
import deviations  # noqa: E402
import normalise  # noqa: E402
import servers  # noqa: E402
from report import Report  # noqa: E402

OUT = os.path.join(ROOT, "target", "c-tests")
OURS = os.path.join(ROOT, "target", "release", "libc_client.so")
CASE_SECONDS = 90
VALGRIND_SECONDS = 1500
CXX = ["g++", "-x", "c++", "-std=gnu++20", "-fno-operator-names", "-fpermissive", "-w", "-include", os.path.join(HERE, "cxx.h")]
WARNINGS = ["-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter"]


def uw_directory():
    """Where Debian's library and headers are unpacked."""
    done = subprocess.run([os.path.join(HERE, "uw.sh")], stdout=subprocess.PIPE, text=True, check=True, timeout=600)
    return done.stdout.strip()


def our_headers():
    """The include directory of ours, or None while the project has no headers."""
    path = os.path.join(ROOT, "include")
    return path if os.path.exists(os.path.join(path, "c-client", "c-client.h")) else None


def our_library(built):
    """A directory with our library (the file `built`) under the name programs look for, or None."""
    if not os.path.exists(built):
        return None
    place = os.path.join(OUT, Program.sanitizer or "", "ours")
    os.makedirs(place, exist_ok=True)
    for name in ("libc-client.so.2007e", "libc-client.so"):
        link = os.path.join(place, name)
        if os.path.lexists(link):
            os.unlink(link)
        os.symlink(os.path.abspath(built), link)
    return place


class Program:
    """One C file of c-tests/diff or c-tests/own."""

    seed = 0
    compiler = ["gcc", "-std=gnu11"]
    sanitizer = None  # address or thread

    def __init__(self, path):
        self.path = path
        self.kind = os.path.basename(os.path.dirname(path))
        self.name = os.path.splitext(os.path.basename(path))[0]
        self.binary = os.path.join(OUT, self.sanitizer or "", self.kind, self.name)
        with open(path, encoding="utf-8") as source:
            self.directives = servers.directives(source.read())

    def compile(self, include, library):
        """Build the program; returns the compiler's complaint or None."""
        os.makedirs(os.path.dirname(self.binary), exist_ok=True)
        if self.sanitizer:
            return self.compile_sanitized(include, library)
        done = subprocess.run(
            [*self.compiler, "-g", "-O1", *WARNINGS, "-I", HERE, "-isystem", include, self.path,
             os.path.join(HERE, "common.c"), os.path.join(HERE, "show.c"), os.path.join(HERE, "drawn.c"), "-o", self.binary,
             "-L", library, "-lc-client", "-ldl", "-lpthread", "-Wl,--allow-shlib-undefined"],
            capture_output=True, text=True, timeout=120, check=False)
        return done.stderr if done.returncode else None

    def compile_sanitized(self, include, library):
        """As `compile`. The runtime is Rust's, which is newer than gcc's; both understand each other's code."""
        objects = []
        runtime = sanitizer_runtime(self.sanitizer)
        for source in (self.path, *(os.path.join(HERE, f"{name}.c") for name in ("common", "show", "drawn"))):
            objects.append(f"{self.binary}.{os.path.basename(source)}.o")
            done = subprocess.run(
                [*self.compiler, "-g", "-O1", "-fno-omit-frame-pointer", f"-fsanitize={self.sanitizer}", *WARNINGS, "-Wno-tsan",
                 "-I", HERE, "-isystem", include, "-c", source, "-o", objects[-1]],
                capture_output=True, text=True, timeout=120, check=False)
            if done.returncode:
                return done.stderr
        done = subprocess.run(
            ["gcc", *objects, "-o", self.binary, "-Wl,--whole-archive", runtime, "-Wl,--no-whole-archive", "-rdynamic",
             "-L", library, "-lc-client", "-lm", "-lrt", "-ldl", "-lpthread", "-Wl,--allow-shlib-undefined"],
            capture_output=True, text=True, timeout=120, check=False)
        return done.stderr if done.returncode else None

    def case_names(self, library):
        """The cases of the program, in order."""
        done = subprocess.run([self.binary, "--list"], env={"LD_LIBRARY_PATH": library}, capture_output=True, text=True,
                              timeout=60, check=False)
        if done.returncode:
            raise RuntimeError(f"{self.name} --list: {done.stderr}")
        return done.stdout.split()

    def run(self, library, label, world, only=()):
        """Run its cases against the library in the directory `library`, the mail put back before each.

        Returns {case: (normalised output, complaint or None)}.
        """
        outcome = {}
        with open(f"{self.binary}.{label}.out", "w", encoding="latin-1") as log:
            for case in self.case_names(library):
                if only and case not in only:
                    continue
                environment = world.prepare(self.directives)
                environment["LD_LIBRARY_PATH"] = library
                environment["T_SEED"] = str(self.seed)
                try:
                    done = subprocess.run([self.binary, case], env=environment, stdin=subprocess.DEVNULL,
                                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=CASE_SECONDS,
                                          check=False)
                except subprocess.TimeoutExpired:
                    outcome[case] = ("", f"did not end in {CASE_SECONDS} s")
                    continue
                text = normalise.normalise(done.stdout.decode("latin-1"), world.varying())
                log.write(text + (f"stderr: {done.stderr.decode('latin-1')}\n" if done.stderr else ""))
                complaint = f"exit status {done.returncode}" if done.returncode else None
                if "\n!! " in text:
                    complaint = "a preparation failed: " + text.split("\n!! ", 1)[1].splitlines()[0]
                outcome[case] = (text.partition("\n")[2], complaint)
        return outcome

    def run_valgrind(self, library, world, only=()):
        """All cases in one go under valgrind; returns what it found, or an empty string."""
        environment = world.prepare(self.directives)
        environment.update(LD_LIBRARY_PATH=library, T_CASE_SECONDS="200", T_SEED=str(self.seed), T_UNDER_VALGRIND="1")
        log = f"{self.binary}.valgrind"
        folder = os.path.dirname(log)
        for name in os.listdir(folder):
            if name.startswith(os.path.basename(log) + "."):
                os.unlink(os.path.join(folder, name))
        command = ["valgrind", "--quiet", "--error-exitcode=99", "--leak-check=full", "--show-leak-kinds=definite",
                   "--errors-for-leak-kinds=definite", f"--suppressions={HERE}/valgrind.supp", "--num-callers=30",
                   f"--log-file={log}.%p", self.binary, *only]
        try:
            done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=VALGRIND_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return f"did not end in {VALGRIND_SECONDS} s"
        with open(f"{self.binary}.vg-output", "wb") as out:
            out.write(done.stdout)
        bad = [line for line in done.stdout.decode("latin-1").splitlines() if line.startswith(("** ", "!! "))]
        if done.returncode:
            bad.append(f"exit status {done.returncode}")
        return "\n".join(filter(None, bad + [valgrind_findings(self)]))


    def run_sanitized(self, library, world, only=()):
        """All cases in one go; returns what the sanitizer found, or an empty string."""
        environment = world.prepare(self.directives)
        log = f"{self.binary}.sanitizer"
        for name in os.listdir(os.path.dirname(log)):
            if name.startswith(os.path.basename(log) + "."):
                os.unlink(os.path.join(os.path.dirname(log), name))
        common = f"log_path={log}:exitcode=66:halt_on_error=0:suppressions={HERE}"
        environment.update(
            LD_LIBRARY_PATH=library, T_CASE_SECONDS="120", T_SEED=str(self.seed), T_STACK_KIB="1024",
            ASAN_OPTIONS=f"{common}/asan.supp:detect_leaks=0:allocator_may_return_null=1",
            TSAN_OPTIONS=f"{common}/tsan.supp:second_deadlock_stack=1:history_size=4")
        try:
            done = subprocess.run([self.binary, *only], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=VALGRIND_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return f"did not end in {VALGRIND_SECONDS} s"
        bad = [line for line in done.stdout.decode("latin-1").splitlines() if line.startswith(("** ", "!! ", "FAIL"))]
        if done.returncode:
            bad.append(f"exit status {done.returncode}: {done.stdout[-2000:].decode('latin-1')}")
        for name in sorted(os.listdir(os.path.dirname(log))):
            if name.startswith(os.path.basename(log) + "."):
                with open(os.path.join(os.path.dirname(log), name), encoding="utf-8", errors="replace") as found:
                    # Programs ask for more than there is, to see that it is refused.
                    bad += [line for line in found if "WARNING: AddressSanitizer failed to allocate" not in line]
        return "\n".join(filter(None, map(str.rstrip, bad)))


def sanitizer_runtime(kind):
    """Rust's runtime of a sanitizer."""
    root = subprocess.run(["rustc", "--print", "target-libdir"], stdout=subprocess.PIPE, text=True, check=True,
                          timeout=60).stdout.strip()
    return os.path.join(root, f"librustc-stable_rt.{'asan' if kind == 'address' else 'tsan'}.a")


def valgrind_findings(program):
    """What valgrind wrote, all processes of the program together."""
    found = []
    folder = os.path.dirname(program.binary)
    for name in sorted(os.listdir(folder)):
        if name.startswith(f"{program.name}.valgrind.") and not name.endswith(".out"):
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as log:
                text = log.read()
            if text.strip():
                found.append(text)
    return "\n".join(found)


def main():
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", metavar="PROGRAM", default=None)
    parser.add_argument("--case", nargs="+", metavar="CASE", default=[], help="only these cases")
    parser.add_argument("--valgrind", action="store_true")
    parser.add_argument("--sanitize", choices=("address", "thread"), default=None)
    parser.add_argument("--ours", metavar="FILE", default=OURS, help="our library, if not target/release/libc_client.so")
    parser.add_argument("--uw-only", action="store_true")
    parser.add_argument("--debian-headers", action="store_true")
    parser.add_argument("--cxx", action="store_true", help="compile as C++ (cxx.h says how)")
    parser.add_argument("--compile", action="store_true", help="compile and link only")
    parser.add_argument("--seed", type=int, default=None, help="what drawn input begins from")
    parser.add_argument("--verbose", action="store_true", help="whole differences, not their beginning")
    args = parser.parse_args()
    Program.sanitizer = args.sanitize
    Program.seed = random.SystemRandom().randrange(1, 1 << 31) if args.seed is None else args.seed
    if args.cxx:
        Program.compiler = CXX
        WARNINGS.clear()
    print(f"drawn input: --seed {Program.seed}", flush=True)

    paths = [os.path.join(HERE, kind, name) for kind in ("diff", "own")
             for name in sorted(os.listdir(os.path.join(HERE, kind))) if name.endswith(".c")]
    programs = [p for p in map(Program, paths) if args.only is None or p.name in args.only]
    unknown = set(args.only or ()) - {p.name for p in programs}
    if unknown:
        parser.error(f"no program called {' '.join(sorted(unknown))}")

    uw = uw_directory()
    ours = our_library(args.ours)
    include = our_headers()
    if args.debian_headers or include is None:
        include = os.path.join(uw, "include")
    if ours is None and not args.uw_only:
        print(f"c-tests: {args.ours} is not there; run make first", file=sys.stderr)
        return 2
    known = deviations.load(HERE)
    report = Report(args.verbose)
    mode = args.sanitize or ("valgrind" if args.valgrind else "compare")
    # The sanitizer gives data objects edges: the linker must know the sizes of the very library.
    complaints = compile_all(programs, include, ours if args.sanitize else os.path.join(uw, "lib"))
    sound = []
    for program, complaint in zip(programs, complaints):
        if complaint:
            report.failed(f"{program.kind}/{program.name}", "does not compile:\n" + complaint)
        elif args.compile:
            report.passed(f"{program.kind}/{program.name} compiles")
        else:
            sound.append(program)
    # Valgrind uses one processor only: programs run side by side then, each lane with servers of its own.
    lanes = os.cpu_count() if args.valgrind else 1
    waiting = iter(sound)
    turn = threading.Lock()

    def lane(number):
        with servers.World(os.path.join(OUT, f"servers-{mode}-{number}")) as world:
            while True:
                with turn:
                    program = next(waiting, None)
                if program is None:
                    return
                try:
                    if args.uw_only:
                        print_uw(program, uw, world, args.case)
                    elif args.sanitize:
                        check_sanitized(program, ours, world, args.case, report)
                    elif args.valgrind:
                        check_valgrind(program, ours, world, args.case, report)
                    elif program.kind == "diff":
                        check_difference(program, uw, ours, world, args.case, known, report)
                    else:
                        check_own(program, ours, world, args.case, report)
                except RuntimeError as error:
                    report.failed(f"{program.kind}/{program.name}", str(error))

    with concurrent.futures.ThreadPoolExecutor(lanes) as pool:
        for done in [pool.submit(lane, number) for number in range(lanes)]:
            done.result()
    if not (args.uw_only or args.compile or args.valgrind or args.sanitize or args.only or args.case):
        for entry in known.unused():
            report.failed("deviations.json", f"an entry that matches nowhere: {entry}")
    return report.close()


def compile_all(programs, include, library):
    """Compiles, a few at a time; yields the complaints (None: none) in the order of the programs."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(lambda program: program.compile(include, library), programs)


def print_uw(program, uw, world, cases):
    """What the original says."""
    if program.kind != "diff":
        return
    print(f"---- {program.name}")
    for case, (text, complaint) in program.run(os.path.join(uw, "lib"), "uw", world, cases).items():
        print(f"== {case}{f' ({complaint})' if complaint else ''}\n{text}", end="", flush=True)


def check_valgrind(program, ours, world, cases, report):
    """Ours under valgrind."""
    started = time.monotonic()
    findings = program.run_valgrind(ours, world, cases)
    name = f"valgrind {program.kind}/{program.name}"
    if findings:
        report.failed(name, findings)
    else:
        report.passed(name, time.monotonic() - started)


def check_sanitized(program, ours, world, cases, report):
    """Ours with a sanitizer."""
    started = time.monotonic()
    findings = program.run_sanitized(ours, world, cases)
    name = f"{program.sanitizer} {program.kind}/{program.name}"
    if findings:
        report.failed(name, findings)
    else:
        report.passed(name, time.monotonic() - started)


def check_own(program, ours, world, cases, report):
    """A program that judges by itself: every case must end without a complaint and by exit status 0."""
    for case, (text, complaint) in program.run(ours, "ours", world, cases).items():
        bad = [line for line in text.splitlines() if line.startswith(("** ", "!! ", "FAIL"))]
        if complaint or bad:
            report.failed(f"own/{program.name} {case}", f"{complaint or ''}\n{text}")
        else:
            report.passed(f"own/{program.name} {case}")


def check_difference(program, uw, ours, world, cases, known, report):
    """Each case of a program, UW's output against ours."""
    theirs = program.run(os.path.join(uw, "lib"), "uw", world, cases)
    mine = program.run(ours, "ours", world, cases)
    for case, (block, complaint) in theirs.items():
        name = f"diff/{program.name} {case}"
        if complaint:
            report.failed(name, f"with UW: {complaint}")
            continue
        actual, complaint = mine.get(case, ("", "did not run"))
        raw = actual
        wanted, actual, stale = known.apply(program.name, case, block, raw)
        if complaint:
            report.failed(name, f"with ours: {complaint}")
        elif stale:
            report.failed(name, "listed in deviations.json but not so:\n" + "\n".join(stale))
        elif "** " in raw:
            report.failed(name, "ours must end by itself:\n" + raw)
        elif wanted == actual:
            report.passed(name)
        else:
            report.failed(name, "\n".join(difflib.unified_diff(wanted.splitlines(), actual.splitlines(),
                                                                "expected", "ours", lineterm="", n=2)))


if __name__ == "__main__":
    sys.exit(main())

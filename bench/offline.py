"""The offline part: functions that need no server, in instructions and in time."""

import os
import statistics
import sys

import build

sys.path.insert(0, os.path.join(build.ROOT, "testbed"))
import fakeserver  # noqa: E402

REPEATS, UNTIL = 5, 360
SECONDS = 300  # the longest that one run of a driver may take


def stubs():
    """The functions that this build does not have."""
    with open(os.path.join(build.ROOT, "src", "abi", "symbols.tsv"), encoding="utf-8") as table:
        rows = [line.split("\t") for line in table if not line.startswith("#")]
    return {row[0] for row in rows if len(row) > 4 and row[4] == "stub"}


def callgrind(function=None):
    """(file of the profile, command to run a program under) to count all it does, or all calls of one function."""
    only = [f"--toggle-collect={function}"] if function else []
    out = os.path.join(build.OUT, "callgrind.out")
    return out, ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *only]


def collected(profile, without=None):
    """How many instructions such a profile has; those of the object whose path ends in `without` are not counted."""
    names, total, ours, skip = {}, 0, True, False
    with open(profile, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith(("ob=", "cob=")):
                key, _, rest = line.strip().partition("=")
                number, _, name = rest.partition(" ")
                name = names.setdefault(number, name)
                if key == "ob":
                    ours = not (without and name.endswith(without))
            elif line.startswith("calls="):
                skip = True  # the next line is what was called, and stands elsewhere, too
            elif line[0] in "+-*0123456789":
                total += 0 if skip or not ours else int(line.split()[1])
                skip = False
    if not total:
        sys.exit("bench: callgrind counted nothing")
    return total


def instructions(command, environment, function=None):
    """Instructions of a run as callgrind counts them, or of all calls of one function in it."""
    profile, under = callgrind(function)
    build.run([*under, *command], SECONDS, env=environment)
    return collected(profile)


def measure(opponents, only=(), say=print):
    """[{name, function, unit, work, and per opponent counts and times}]; ends the run when results differ."""
    program = build.driver("offline", opponents["uw"])
    missing = stubs()
    server = fakeserver.FakeServer(os.path.join(build.HERE, "mailbox.txt")).start()
    mailbox = f"{{127.0.0.1:{server.ports['mailbox']}/imap/notls/user=u1}}INBOX"
    results = []
    try:
        listed = build.run([program, "--list"], env=opponents["uw"].environment())
        for line in listed.splitlines():
            name, function, counted, timed, per_round, unit = line.split("\t")
            if only and name not in only:
                continue
            result = {"name": name, "function": function, "unit": unit, "stub": function.split()[0] in missing}
            results.append(result)
            if result["stub"]:
                say(f"{name}: {function} is not there yet")
                continue
            _one(result, program, opponents, {"BENCH_MAILBOX": mailbox}, (counted, timed, float(per_round)))
            ours, quiet = result["ours"], result["quiet"]
            say(f"{name}: instructions {ours['instructions'] / quiet['instructions']:.2f}, "
                f"time {ours['user'] / max(quiet['user'], 1):.2f} of UW's without alarm()")
    finally:
        server.stop()
    return results


def _one(result, program, opponents, more, rounds):
    counted, timed, per_round = rounds
    name = result["name"]
    runs = {key: [] for key in opponents}
    for _ in range(build.repeats(REPEATS, UNTIL)):
        # In turn, so that all see the same load of the machine.
        for key, opponent in opponents.items():
            runs[key].append(build.values(build.run([program, name, timed], SECONDS, env=opponent.environment(**more))))
    checks = {run["check"] for repeated in runs.values() for run in repeated}
    if len(checks) != 1:
        sys.exit(f"bench: {name}: results differ: "
                 + ", ".join(f"{key} {sorted({run['check'] for run in repeated})}" for key, repeated in runs.items()))
    result["check"] = checks.pop()
    result["work"] = per_round or runs["ours"][0]["input"] / 1e6
    for key, repeated in runs.items():
        result[key] = {what: statistics.median(run[what] for run in repeated) / int(timed)
                       for what in ("wall", "user", "system")}
    for key in ("quiet", "ours"):
        environment = opponents[key].environment(**more)
        count = instructions([program, name, counted], environment, "measured")
        result[key]["instructions"] = count / int(counted)


def facts(opponents, scratch):
    """{opponent: {size, startup}}: octets of the stripped file; instructions from exec to exit of a program that
    loads the library and does nothing, less those of such a program without it."""
    program = build.driver("startup", opponents["uw"])
    empty = os.path.join(scratch, "empty")
    with open(empty + ".c", "w", encoding="utf-8") as source:
        source.write("int main(void) { return 0; }\n")
    build.run(["gcc", empty + ".c", "-o", empty])
    found = {}
    for key in ("uw", "ours"):
        opponent = opponents[key]
        stripped = os.path.join(scratch, f"stripped-{key}")
        build.run(["strip", "--strip-unneeded", os.path.join(opponent.directory, build.SONAME), "-o", stripped])
        base = instructions([empty], opponent.environment())
        found[key] = {"size": os.path.getsize(stripped), "startup": instructions([program], opponent.environment()) - base}
    return found

"""docs/benchmarks.md and docs/benchmarks.svg of what was measured."""

import datetime
import math
import os
import platform
from xml.sax.saxutils import escape

import build
import goals

MESSAGES = 10000  # in the large mailbox

INTRODUCTION = """# How fast it is

UW c-client (Debian's `libc-client2007e`) and this library, measured in the same run on the same machine by `make bench`,
{date}, {machine}. One C program drives both; the results of each scenario are compared, and a difference
ends the run.

UW asks the system for `alarm()` twice around every allocation. *Quiet* is UW with that taken away (a preloaded
`alarm()` that does nothing): what is left is its work, and the opponent that counts. UW as it comes is slower yet. ✗ marks a goal that is not reached.

![Flights and instructions compared with UW's](benchmarks.svg)
"""

OFFLINE = """
## Without a server

Instructions are those of callgrind, for the function's work alone; they repeat from run to run. Time is processor
time in user mode, the median of {repeats} runs in turn; it depends on what else the machine does. Below 1.00 is faster
than quiet UW.

| scenario | function | instructions, quiet UW | ours | **ratio** | time, quiet UW | ours | **ratio** | UW as it comes |
|---|---|---:|---:|---:|---:|---:|---:|---:|
"""

NETWORK = """
## With a server

Dovecot on loopback, behind a proxy that counts. A *flight* is a round trip that was waited for: what the server says
while the program does something else does not count. *Far* is the time with 20 ms of way between: there it is the
flights that count, and connecting alone takes as long as two of them with any library. (Three times as fast is the goal
for the whole operations below.) Here UW is as it comes. Goals are for all of a scenario's mailboxes together{conf}.

| scenario | what | flights, UW | ours | goal | octets sent, UW | ours | received, UW | ours | ms, UW | ours | far: ms, UW | ours | **times as fast** |
|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
"""

ASTERISK = """
### Whole operations of Asterisk

An unmodified Asterisk 22, {distance:g} ms from Dovecot, greetings kept in the mailbox too (`imapgreetings`), one ordinary mail in it.
*Waited* is the time in which Asterisk waited for the network, connecting included, and the caller heard nothing; the goal is that
this is {faster:g} times shorter than with UW. *In all* is from the beginning to the last octet, with all that is said
and listened to meanwhile, which takes its time with any library.

| operation | flights, UW | ours | goal | octets sent, UW | ours | received, UW | ours | waited: ms, UW | ours | **times as fast** | in all: s, UW | ours |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
"""

WORK = """
### Processor

Instructions of all that the library and what it calls do in a scenario, UW's without `alarm()`. Goal: at most {goal:.2f}.

| scenario | what | quiet UW | ours | **ratio** |
|---|---|---:|---:|---:|
"""

SERVER = """
### What the server does

Processor time of Dovecot, in ms, for the three counts of a mailbox of 10,000 messages, its caches filled: the first
ones after opening, and the same ones again. A count that does not look at headers costs it nothing; goal: at most
{goal:.2f} of the first.

| | UW | ours |
|---|---:|---:|
"""

MEMORY = """
### Memory

Growth of the process, in its own memory. 10,000 streams that idle are those of a scripted server; UW's library, which
waits with `select()`, cannot have more than about 1,000.

| scenario | what | unit | UW | ours | goal | ratio |
|---|---|---|---:|---:|---:|---:|
"""

FACTS = """
## The library itself

| | UW | ours | ratio |
|---|---:|---:|---:|
| size of the file, stripped | {uw[size]:,} | {ours[size]:,} | {size:.2f} |
| instructions to load it, with all it needs | {uw[startup]:,} | {ours[startup]:,} | {startup:.2f} |

UW's file leaves TLS, PAM and Kerberos to other libraries, which are loaded with it; ours holds TLS itself.
"""


def _ratio(result, what):
    return result["ours"][what] / max(result["quiet"][what], 1e-9)


def _rate(result, key, what="user"):
    """Units of work per second, in three digits."""
    per_second = result["work"] * 1e6 / max(result[key][what], 1e-9)
    digits = max(0, 2 - math.floor(math.log10(per_second)))
    return f"{per_second:,.{digits}f} {result['unit']}/s"


def write(results):
    """Both files, from the results of a whole run."""
    machine = f"{os.cpu_count()} processors, {platform.machine()}"
    text = INTRODUCTION.format(date=datetime.date.today().isoformat(), machine=machine)
    text += OFFLINE.format(repeats=results["repeats"])
    bars = []
    for result in results["offline"]:
        if result["stub"]:
            text += f"| {result['name']} | `{result['function']}` | | not there yet | | | | | |\n"
            continue
        counted, timed = _ratio(result, "instructions"), _ratio(result, "user")
        bars.append((result["name"], counted, None))
        slower = (result["uw"]["user"] + result["uw"]["system"]) / max(result["quiet"]["user"], 1e-9)
        text += (f"| {result['name']} | `{result['function']}` | {result['quiet']['instructions']:,.0f} "
                 f"| {result['ours']['instructions']:,.0f} | **{counted:.2f}** | {_rate(result, 'quiet')} "
                 f"| {_rate(result, 'ours')} | **{timed:.2f}** | {slower:.2f} |\n")
    text += "\nInstructions are per round: one message, one list, one whole text; dates in eights, header fields in sixteens.\n"
    text += _network(results["network"], results["conf"])
    text += _asterisk(results["asterisk"])
    text += _work(results["network"]) + _server(results["network"]) + _memory(results["network"])
    facts = results["facts"]
    text += FACTS.format(**facts, **{what: facts["ours"][what] / facts["uw"][what] for what in ("size", "startup")})
    with open(os.path.join(build.ROOT, "docs", "benchmarks.md"), "w", encoding="utf-8") as out:
        out.write(text)
    flown = []
    for result in results["network"]:
        uw, most = result["uw"]["flights"], goals.FLIGHTS.get(result["name"])
        if "far" in result["uw"]:
            goal = None if most is None else most * max(result["count"], 1) / uw
            flown.append((result["name"], result["ours"]["flights"] / uw, goal))
    for result in results["asterisk"]["operations"]:
        uw, most = result["uw"]["flights"], result["goal"]
        flown.append((result["name"], result["ours"]["flights"] / uw, None if most is None else most / uw))
    with open(os.path.join(build.ROOT, "docs", "benchmarks.svg"), "w", encoding="utf-8") as out:
        out.write(picture([("Flights, UW = 1; a dot is the goal", flown), ("Instructions, quiet UW = 1", bars)]))


def _cells(uw, ours, *what):
    return " | ".join(f"{side[key]:,.0f}" for key in what for side in (uw, ours))


def _goal(ours, most):
    """A goal, and whether it was reached."""
    return "" if most is None else f"{most:,g}{'' if ours <= most else ' ✗'}"


def _network(results, conf):
    text = NETWORK.format(conf=f"; {conf}" if conf else "")
    for result in results:
        uw, ours = result["uw"], result["ours"]
        if "far" not in uw:
            continue
        most = goals.FLIGHTS.get(result["name"])
        if most is not None:
            most *= max(result["count"], 1)
        octets = _cells(uw, ours, "sent", "received")
        if ours["received"] > goals.RECEIVED.get(result["name"], ours["received"]):
            octets += " ✗"
        faster = uw["far"] / max(ours["far"], 1)
        text += (f"| {result['name']} | {result['what']} | {_cells(uw, ours, 'flights')} | {_goal(ours['flights'], most)} "
                 f"| {octets} | {uw['wall'] / 1000:,.1f} | {ours['wall'] / 1000:,.1f} | {uw['far'] / 1000:,.0f} "
                 f"| {ours['far'] / 1000:,.0f} | **{faster:.1f}** |\n")
    return text


def _asterisk(results):
    text = ASTERISK.format(distance=results["distance"] * 1000, faster=goals.FASTER)
    for result in results["operations"]:
        uw, ours = result["uw"], result["ours"]
        text += (f"| {result['what']} | {uw['flights']:g} | {ours['flights']:g} | {_goal(ours['flights'], result['goal'])} "
                 f"| {_cells(uw, ours, 'sent', 'received')} | {uw['waited'] * 1000:,.0f} | {ours['waited'] * 1000:,.0f} "
                 f"| {_faster(uw['waited'], ours['waited'], result['goal'] is not None)} "
                 f"| {uw['wall']:,.1f} | {ours['wall']:,.1f} |\n")
    return text


def _faster(uw, ours, wanted):
    """How much shorter the wait has become, and whether that is enough."""
    if ours < 0.0005:
        return "**no wait**"
    return f"**{uw / ours:.1f}**{' ✗' if wanted and uw / ours < goals.FASTER else ''}"


def _work(results):
    text = WORK.format(goal=goals.INSTRUCTIONS)
    for result in results:
        if "quiet" in result:
            quiet, ours = (result[key]["instructions"] for key in ("quiet", "ours"))
            text += (f"| {result['name']} | {result['what']} | {quiet:,} | {ours:,} | **{ours / quiet:.2f}**"
                     f"{'' if ours <= quiet * goals.INSTRUCTIONS else ' ✗'} |\n")
    return text


def _server(results):
    counts = {result["name"]: result for result in results if result["name"].startswith("e_count10k")}
    text = SERVER.format(goal=goals.SECOND_COUNT)
    for name, result in counts.items():
        text += f"| {result['what']} | {result['uw']['server'] / 1000:,.1f} | {result['ours']['server'] / 1000:,.1f} |\n"
    ratios = [counts["e_count10k"][key]["server"] / max(counts["e_count10k_first"][key]["server"], 1) for key in ("uw", "ours")]
    return text + (f"| ratio | {ratios[0]:.2f} | **{ratios[1]:.2f}**{'' if ratios[1] <= goals.SECOND_COUNT else ' ✗'} |\n")


def _memory(results):
    text = MEMORY
    for result in results:
        if "kilo" not in result["uw"]:
            continue
        streams = result["name"].startswith("h_")
        unit = "kB a stream" if streams else "octets a message"
        uw, ours = (result[key]["kilo"] / result[key]["count"] if streams else result[key]["kilo"] * 1024 / MESSAGES
                    for key in ("uw", "ours"))
        goal = _goal(ours, goals.MEMORY.get(result["name"]))
        text += f"| {result['name']} | {result['what']} | {unit} | {uw:,.1f} | {ours:,.1f} | {goal} | {ours / max(uw, 0.1):.2f} |\n"
    return text


def picture(parts):
    """Horizontal bars of (name, ratio, goal or None), part by part, on a scale of powers, with a line at 1."""
    left, width, gap = 130, 560, 60
    drawn, top = [], 0
    for title, bars in parts:
        lines, height = _bars(title, bars, left, width)
        drawn += [f'<g transform="translate(0 {top})">', *lines, "</g>"]
        top += height + gap
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 60}" height="{top - gap + 20}" '
                      'font-family="sans-serif" font-size="12">', '<rect width="100%" height="100%" fill="white"/>',
                      *drawn, "</svg>"]) + "\n"


def _bars(title, bars, left, width):
    """Lines of one part, and its height."""
    height, top = 20, 50
    least = max(min([0.1] + [ratio for _, ratio, _ in bars]), 0.01)
    most = max([1.5] + [ratio for _, ratio, _ in bars])
    low, high = math.log(least * 0.9), math.log(most * 1.1)

    def across(ratio):
        return left + (math.log(max(ratio, least)) - low) / (high - low) * width

    rows = top + len(bars) * height
    parts = [f'<text x="{left}" y="20" font-size="14">{escape(title)}</text>']
    for mark in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10):
        if least * 0.9 < mark < most * 1.1:
            at = across(mark)
            colour = "black" if mark == 1 else "#ccc"
            parts.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{top - 8}" y2="{rows}" stroke="{colour}"/>')
            parts.append(f'<text x="{at:.1f}" y="{top - 12}" text-anchor="middle">{mark:g}</text>')
    for row, (name, ratio, goal) in enumerate(bars):
        y = top + row * height
        begin, end = sorted((across(ratio), across(1)))
        colour = "#2a7" if ratio <= 1 else "#c44"
        parts.append(f'<text x="{left - 6}" y="{y + 14}" text-anchor="end">{escape(name)}</text>')
        parts.append(f'<rect x="{begin:.1f}" y="{y + 3}" width="{max(end - begin, 1):.1f}" height="{height - 6}" '
                     f'fill="{colour}"/>')
        if goal is not None:
            parts.append(f'<circle cx="{across(goal):.1f}" cy="{y + 10}" r="4" fill="#248"/>')
        parts.append(f'<text x="{left + width + 6}" y="{y + 14}">{ratio:.2f}</text>')
    return parts, rows

"""docs/benchmarks.md and docs/benchmarks.svg of what was measured."""

import datetime
import math
import os
import platform
from xml.sax.saxutils import escape

import build

INTRODUCTION = """# How fast it is

UW c-client (Debian's `libc-client2007e`) and this library, measured in the same run on the same machine by `make bench`,
{date}, {machine}. One C program drives both; the results of each scenario are compared, and a difference
ends the run.

UW asks the system for `alarm()` twice around every allocation. *Quiet* is UW with that taken away (a preloaded
`alarm()` that does nothing): what is left is its work, and the opponent that counts. UW as it comes is slower yet.

![Instructions compared with UW's](benchmarks.svg)
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

Dovecot on loopback, behind a proxy that counts. A *flight* is a round trip that was waited for. Flights and octets
repeat from run to run, but for the server's notes of its own time. *Far* is the time with 20 ms of way between: there
it is the flights that count. Here UW is as it comes.

| scenario | what | flights, UW | ours | octets sent, UW | ours | received, UW | ours | ms, UW | ours | far: ms, UW | ours |
|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
"""

MEMORY = """
### Memory

Growth of the process, in kB of its own memory.

| scenario | what | UW | ours | ratio |
|---|---|---:|---:|---:|
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
        bars.append((result["name"], counted))
        slower = (result["uw"]["user"] + result["uw"]["system"]) / max(result["quiet"]["user"], 1e-9)
        text += (f"| {result['name']} | `{result['function']}` | {result['quiet']['instructions']:,.0f} "
                 f"| {result['ours']['instructions']:,.0f} | **{counted:.2f}** | {_rate(result, 'quiet')} "
                 f"| {_rate(result, 'ours')} | **{timed:.2f}** | {slower:.2f} |\n")
    text += "\nInstructions are per round: one message, one list, one whole text; dates in eights, header fields in sixteens.\n"
    text += NETWORK
    for result in results["network"]:
        uw, ours = result["uw"], result["ours"]
        if "far" not in uw:
            continue
        cells = [f"{side[what]:,.0f}" for what in ("flights", "sent", "received") for side in (uw, ours)]
        cells += [f"{side['wall'] / 1000:,.1f}" for side in (uw, ours)]
        cells += [f"{side['far'] / 1000:,.0f}" for side in (uw, ours)]
        text += f"| {result['name']} | {result['what']} | {' | '.join(cells)} |\n"
    text += MEMORY
    for result in results["network"]:
        if "kilo" in result["uw"]:
            each = result["count"] or 1
            uw, ours = (result[key]["kilo"] / each for key in ("uw", "ours"))
            text += f"| {result['name']} | {result['what']} | {uw:,.1f} | {ours:,.1f} | {ours / max(uw, 0.1):.2f} |\n"
    facts = results["facts"]
    text += FACTS.format(**facts, **{what: facts["ours"][what] / facts["uw"][what] for what in ("size", "startup")})
    with open(os.path.join(build.ROOT, "docs", "benchmarks.md"), "w", encoding="utf-8") as out:
        out.write(text)
    with open(os.path.join(build.ROOT, "docs", "benchmarks.svg"), "w", encoding="utf-8") as out:
        out.write(picture("Instructions, quiet UW = 1", bars))


def picture(title, bars):
    """Horizontal bars of ratios, on a scale of powers, with a line at 1."""
    left, width, height, top = 110, 560, 20, 50
    least = min([0.1] + [ratio for _, ratio in bars])
    most = max([1.5] + [ratio for _, ratio in bars])
    low, high = math.log(least * 0.9), math.log(most * 1.1)

    def across(ratio):
        return left + (math.log(ratio) - low) / (high - low) * width

    rows = top + len(bars) * height
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 60}" height="{rows + 30}" '
             'font-family="sans-serif" font-size="12">',
             '<rect width="100%" height="100%" fill="white"/>',
             f'<text x="{left}" y="20" font-size="14">{escape(title)}</text>']
    for mark in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10):
        if least * 0.9 < mark < most * 1.1:
            at = across(mark)
            colour = "black" if mark == 1 else "#ccc"
            parts.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{top - 8}" y2="{rows}" stroke="{colour}"/>')
            parts.append(f'<text x="{at:.1f}" y="{top - 12}" text-anchor="middle">{mark:g}</text>')
    for row, (name, ratio) in enumerate(bars):
        y = top + row * height
        begin, end = sorted((across(ratio), across(1)))
        colour = "#2a7" if ratio <= 1 else "#c44"
        parts.append(f'<text x="{left - 6}" y="{y + 14}" text-anchor="end">{escape(name)}</text>')
        parts.append(f'<rect x="{begin:.1f}" y="{y + 3}" width="{max(end - begin, 1):.1f}" height="{height - 6}" '
                     f'fill="{colour}"/>')
        parts.append(f'<text x="{left + width + 6}" y="{y + 14}">{ratio:.2f}</text>')
    return "\n".join(parts + ["</svg>"]) + "\n"

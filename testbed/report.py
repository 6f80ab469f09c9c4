"""Counts and prints what a suite finds: "ok NAME", "FAIL NAME: why", and at the end "N passed, N failed"."""


class Report:
    """The outcome of one run of a suite."""

    def __init__(self, verbose=False):
        self.counts = {True: 0, False: 0}
        self.verbose = verbose

    def passed(self, name, seconds=None):
        """One check that holds."""
        self.counts[True] += 1
        print(f"ok {name}" + (f" ({seconds:.1f} s)" if seconds else ""), flush=True)

    def failed(self, name, why):
        """One that does not."""
        self.counts[False] += 1
        lines = why.rstrip().splitlines()
        if not self.verbose and len(lines) > 40:
            lines = lines[:40] + [f"... {len(lines) - 40} more lines (--verbose)"]
        print(f"FAIL {name}: " + "\n    ".join(lines), flush=True)

    def close(self):
        """The last line and the exit status."""
        print(f"{self.counts[True]} passed, {self.counts[False]} failed", flush=True)
        return 1 if self.counts[False] or not self.counts[True] else 0

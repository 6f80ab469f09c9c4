#!/usr/bin/env python3
"""Writes the symbols file of the Debian package from src/abi/symbols.tsv.

    packaging/symbols.py VERSION        VERSION: the first that had them (UW's, for those that UW has)
"""

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def main():
    """Print it."""
    version, = sys.argv[1:]
    print("libc-client.so.2007e libc-client2007e #MINVER#\n* Build-Depends-Package: libc-client2007e-dev")
    with open(os.path.join(ROOT, "src", "abi", "symbols.tsv"), encoding="utf-8") as table:
        rows = [line.rstrip("\n").split("\t") for line in table if not line.startswith("#")]
    for name in sorted(row[0] for row in rows if row[4] != "host"):
        print(f" {name}@Base {version}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# bench/lifecycle.py N: bench/lifecycle.yaml with N devices, on standard output. Even devices need the
# one before them; if N is odd the last one has no partner.
import pathlib
import re
import sys


def lifecycle(devices):
    text = (pathlib.Path(__file__).parent / "lifecycle.yaml").read_text()
    members = ", ".join(f"d{i}" for i in range(1, devices + 1))
    pairs = " or ".join(f"(v == d{i} and p == d{i - 1})" for i in range(2, devices + 1, 2))
    text = re.sub(r"^about: .*\n", "", text, flags=re.M)
    text = re.sub(r"members: \[.*\]", f"members: [{members}]", text)
    return re.sub(r'("needs\(.*\)": ).*', rf"\g<1>{pairs}", text)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].isdigit() or int(sys.argv[1]) < 2:
        sys.exit("usage: bench/lifecycle.py N (2 or more)")
    print(lifecycle(int(sys.argv[1])), end="")

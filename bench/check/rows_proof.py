# SPDX-License-Identifier: GPL-2.0-or-later
"""The lifecycle model proved for any number of steps, beside ABC's pdr on its export."""
import shutil
import sys


def rows(bench):
    for n in (8, 64, 256):
        spec = bench.written(f"lifecycle-{n}.yaml", sys.executable, str(bench.root / "lifecycle.py"), str(n))
        commands = {"luproof": [bench.luproof, "check", "--engine", "pdr", "--property", "keeps-bus-master", spec]}
        if shutil.which("berkeley-abc"):
            circuit = str(bench.folder / f"lifecycle-{n}.aig")
            bench.built(bench.luproof, "export", "--to", "aiger", "-o", circuit, spec)
            commands["ABC pdr"] = ["berkeley-abc", "-c", f"read_aiger {circuit}; fold; pdr"]
        yield f"{n} devices, proved", commands

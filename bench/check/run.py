#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures checking beside other checkers on the same model, in one run.

Each file rows_*.py beside this one has rows(bench), which yields groups of commands; those of a group
run several times in turns and the best CPU time of each counts. Compiling a peer is no part of it.
"""
import importlib
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
ROUNDS = 5


class Bench:
    def __init__(self, build, folder):
        self.luproof = os.path.join(build, "luproof")
        self.folder = pathlib.Path(folder)
        self.root = HERE.parent

    def written(self, name, *command):
        """The standard output of a command, as a file."""
        path = self.folder / name
        path.write_text(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        return str(path)

    def built(self, *command):
        subprocess.run(command, check=True, cwd=self.folder, capture_output=True)


def cpu(command):
    pid = os.fork()
    if pid == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os.execvp(command[0], command)
    _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"bench: {' '.join(command)} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss >> 10


def main():
    build = os.path.abspath(sys.argv[1])
    sys.path.insert(0, str(HERE))
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(build, folder)
        for file in sorted(HERE.glob("rows_*.py")):
            for title, commands in importlib.import_module(file.stem).rows(bench):
                best = {name: (float("inf"), 0) for name in commands}
                for _ in range(ROUNDS):
                    for name, command in commands.items():
                        best[name] = min(best[name], cpu(command))
                for name, (seconds, memory) in best.items():
                    print(f"{title} | {name} | {seconds:.2f} s | {memory} MiB", flush=True)


if __name__ == "__main__":
    main()

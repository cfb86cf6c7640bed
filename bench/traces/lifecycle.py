# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures of bench/lifecycle.yaml: random runs of it, written as lines of the tracer.

The run is made here, by a small program of its own, and not by luproof.
"""
import random

DEVICES = ["d1", "d2", "d3", "d4", "d5", "d6"]
NEEDS = {"d2": "d1", "d4": "d3", "d6": "d5"}


class Run:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.phase = "normal"
        self.mastering = dict.fromkeys(DEVICES, True)
        self.saved = dict.fromkeys(DEVICES, False)
        self.driver = dict.fromkeys(DEVICES, True)

    def enabled(self):
        found = []
        for d in DEVICES:
            if self.phase == "normal":
                if not self.saved[d] and self.mastering[d]:
                    found += [("save", d)] * 3
                if self.saved[d]:
                    found.append(("unsave", d))
            if self.phase == "prepared" and self.driver[d]:
                found += [("quiesce", d)] * 3
            if self.phase == "updated" and not self.driver[d]:
                found += [("probe", d)] * 3
            if self.phase == "updated" and self.saved[d] and self.driver[d]:
                found += [("release", d)] * 3
            if self.phase in ("normal", "updated") and not self.mastering[d] and self.driver[d]:
                found.append(("enable", d))
        closed = all(not self.saved[v] or self.saved[p] for v, p in NEEDS.items())
        if self.phase == "normal" and closed:
            found.append(("prepare", None))
        if self.phase in ("prepared", "frozen"):
            found.append(("cancel", None))
        if self.phase == "prepared" and all(not self.saved[d] or not self.driver[d] for d in DEVICES):
            found += [("freeze", None)] * 4
        if self.phase == "frozen":
            found += [("jump", None)] * 8
        if self.phase == "updated" and all(not self.saved[d] and self.driver[d] for d in DEVICES):
            found += [("finish", None)] * 3
        return found

    def step(self):
        event, d = self.random.choice(self.enabled())
        if event in ("save", "unsave", "release"):
            self.saved[d] = event == "save"
        elif event in ("quiesce", "probe"):
            self.driver[d] = event == "probe"
        if event in ("probe", "enable"):
            self.mastering[d] = True
        if event == "cancel":
            self.saved = dict.fromkeys(DEVICES, False)
            self.driver = dict.fromkeys(DEVICES, True)
        if event == "jump":
            for x in DEVICES:
                self.mastering[x] = self.mastering[x] and self.saved[x]
        self.phase = {"prepare": "prepared", "cancel": "normal", "freeze": "frozen",
                      "jump": "updated", "finish": "normal"}.get(event, self.phase)
        return event, d


def write(path, events, seed, unseen=False):
    """`unseen`: half of the steps are left out, never two in a row, and between any two lines the
    tracer says that one may be missing."""
    run, kept, left_out, moment = Run(seed), 0, False, 0
    with open(path, "w", encoding="ascii") as file:
        while kept < events:
            event, d = run.step()
            moment += 1
            if unseen and not left_out and run.random.random() < 0.5:
                left_out = True
                continue
            left_out, kept = False, kept + 1
            if unseen:
                file.write("CPU:0 [LOST 1 EVENTS]\n")
            argument = f"d={d}" if d else "all=1"
            file.write(f"{'task':>16}-7       [000] ..... {moment // 10 ** 6 + 1:5d}."
                       f"{moment % 10 ** 6:06d}: {event}: {argument}\n")

// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof export --to rv` as a user meets it: the file, and what is said where there is none.
#include "tests/cli/command.h"

namespace luproof {
namespace {

using command::Folder;
using command::Ran;

const char* const kUpdate = R"(design: update
kinds: {phases: [Normal, Prepared, Frozen]}
environment:
  image-missing: {about: no image is loaded, at-most: 1}
state:
  kernel:
    phase: phases
    loaded: bool
    told: bool
procedures:
  prepare() -> errno: |
    check phase == Normal else -EBUSY
    phase = Prepared
    return 0
  freeze(): |
    phase = Frozen
  helper(): {symbol: no, code: told = true}
actors:
  agent:
    life: userspace
    code: |
      ignore prepare()
      either:
        ignore prepare()
      or:
        freeze()
      helper()
properties:
  in-order:
    at: freeze returns
    always: phase == Frozen
  told-late:
    always: told implies phase == Normal
  ends:
    leads-to: {from: phase == Prepared, to: phase == Frozen}
  can-end:
    recoverable: {to: phase == Normal}
)";

struct Update {
  Update() { folder.write("update.yaml", kUpdate); }
  Ran rv(const std::string& more) const { return folder.run("export update.yaml --to rv " + more); }
  Folder folder;
};

void refuses(const std::string& more, const std::string& message, const std::string& hint) {
  const Update update;
  const Ran ran = update.rv(more);
  INFO(more << "\n" << ran.err);
  CHECK(ran.status == 2);
  CHECK(ran.out.empty());
  CHECK(ran.err.find(message) != std::string::npos);
  CHECK(ran.err.find(hint) != std::string::npos);
}

}  // namespace

TEST_CASE("the automaton of a lifecycle is the golden one", "[cli][rv]") {
  const Update update;
  const Ran ran = update.rv("--watch phase");
  INFO(ran.err);
  CHECK(ran.status == 0);
  CHECK(ran.out == Folder::read(LUPROOF_TEST_DIR "/cli/golden/export-rv.dot"));
  CHECK(update.rv("--watch phase -o phase.dot").status == 0);
  CHECK(Folder::read(update.folder.path() + "/phase.dot") == ran.out);
}

TEST_CASE("what no monitor can watch is refused, and why", "[cli][rv]") {
  refuses("--property ends", "ends cannot be watched: it says that something will happen", "never");
  refuses("--property can-end", "can-end cannot be watched: it speaks of runs that could be", "");
  // No function shows that helper, which is none of the kernel's, was told.
  refuses("--property told-late", "show the same as runs that keep it", "--event");
  refuses("--watch told", "no function of the kernel shows what is watched", "helper changes told");
}

TEST_CASE("of each property is listed what its monitor is, or why there is none", "[cli][rv]") {
  const Update update;
  const Ran ran = update.rv("--list");
  INFO(ran.out << ran.err);
  CHECK(ran.status == 0);
  CHECK(ran.out ==
        "update\n"
        "  in-order   3 states, 3 events\n"
        "  told-late  none: runs that break the property show the same as runs that keep it\n"
        "  ends       none: it says that something will happen, and no run that is still going on "
        "breaks that\n"
        "  can-end    none: it speaks of runs that could be, and a monitor sees the one that is\n");
  refuses("--list --watch phase", "--list speaks of every property", "leave out");
}

TEST_CASE("names that an export of a monitor does not know are errors", "[cli][rv]") {
  refuses("", "none is named", "--watch CELL");
  refuses("--watch phas", "there is no cell 'phas'", "phase");
  refuses("--event freez", "knows no function 'freez'", "freeze");
  refuses("--event helper", "knows no function 'helper'", "");
  refuses("--watch phase --for vf0", "there is no element 'vf0'", "");
  refuses("--watch phase --kernel 3", "no run has a kernel 3", "the last one is 2");
  refuses("--property in-order --property told-late", "a monitor watches one property", "");
  refuses("--watch phase -o phase.txt", "rvgen does not read 'phase.txt'", ".dot");
  refuses("--watch phase -o 1-phase.dot", "'1-phase' cannot be the name of a monitor", "letters");
  const Update update;
  const Ran other = update.folder.run("export update.yaml --to promela --watch phase");
  CHECK(other.status == 2);
  CHECK(other.err.find("are for --to rv") != std::string::npos);
}

TEST_CASE("a monitor of states that were not all seen is not written", "[cli][rv]") {
  const Update update;
  const Ran ran = update.rv("--watch phase --bound 1 -o phase.dot");
  CHECK(ran.status == 3);
  CHECK(ran.err.find("not every state was seen") != std::string::npos);
  CHECK(!std::filesystem::exists(update.folder.path() + "/phase.dot"));
}

}  // namespace luproof

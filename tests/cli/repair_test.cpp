// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof repair` as a user meets it, and the proof of its claims: what it prints is pasted into
// the spec as a variant, and `check` says that it holds.
#include <nlohmann/json.hpp>

#include "tests/cli/command.h"

namespace luproof {
namespace {

using command::Folder;
using command::Ran;

// A lamp that is kept must not go out. Shutdown asks `spares`, which nobody has extended.
const char* const kLamps = R"spec(design: lamps
entities: {lamp: {members: [hall, cellar]}}
state:
  kernel:
    lamp.lit: {type: bool = true}
    lamp.kept: bool
    down: bool
define:
  "spares(lamp l)": {any: false}
events:
  switch_off(lamp l): {do: l.lit = false}
procedures:
  shutdown(): |
    for l in lamp order registration:
      if not spares(l): switch_off(l)
    down = true
actors:
  owner:
    code: |
      hall.kept = true
      shutdown()
properties:
  kept-lamp-lit: {never: "lamp.exists(l, l.kept && not l.lit)", because: The hall is dark.}
  goes-down: {possible: down}
candidates:
  spare-kept: {about: Shutdown spares what is kept, extend: {"spares(lamp l)": l.kept}}
  spare-cellar: {about: Nobody needs the cellar, extend: {"spares(lamp l)": l == cellar}}
  never-down: {about: The host stays up, override: {procedures.shutdown: {code: pass}}}
variants:
  bare: {}
  pasted: {}
)spec";

nlohmann::json first(const Ran& ran) {
  INFO(ran.err);
  const auto json = nlohmann::json::parse(ran.out, nullptr, false);
  REQUIRE(json.is_object());
  return json.at("readings").at(0);
}

// The spec with a repair as the variant `pasted`.
std::string pasted(const std::string& spec, const std::string& variant) {
  std::string text = spec, lines;
  for (std::size_t at = 0; at < variant.size();) {
    const std::size_t end = variant.find('\n', at);
    lines += "    " + variant.substr(at, end - at) + "\n";
    at = end + 1;
  }
  const std::string place = "  pasted: {}\n";
  const std::size_t at = text.find(place);
  REQUIRE(at != std::string::npos);
  return text.replace(at, place.size(), "  pasted:\n" + lines);
}

void holds_pasted(const Folder& folder, const std::string& spec, const nlohmann::json& reading,
                  std::size_t least) {
  CHECK(reading.at("repairs").size() >= least);
  for (const auto& one : reading.at("repairs")) {
    const std::string text = pasted(spec, one.at("variant"));
    INFO(text);
    folder.write("pasted.yaml", text);
    const Ran ran = folder.run("check pasted.yaml --variant pasted");
    INFO(ran.out << ran.err);
    CHECK(ran.status == 0);
  }
}

}  // namespace

TEST_CASE("what is declared is tried first, and what breaks something else is no repair", "[cli]") {
  const Folder folder;
  folder.write("lamps.yaml", kLamps);
  const Ran ran = folder.run("repair lamps.yaml --variant bare --declared");
  INFO(ran.err);
  CHECK(ran.status == 0);
  CHECK(ran.out == Folder::read(LUPROOF_TEST_DIR "/cli/golden/repair-declared.txt"));
}

TEST_CASE("a repair that is pasted into the spec holds", "[cli]") {
  const Folder folder;
  folder.write("lamps.yaml", kLamps);
  const Ran ran = folder.run("repair lamps.yaml --variant bare --most 50 --format json");
  CHECK(ran.status == 0);
  const auto reading = first(ran);
  CHECK(reading.at("violated") == nlohmann::json::array({"kept-lamp-lit"}));
  // The one that is declared comes first; then a guard of the event, among others.
  CHECK(reading.at("repairs").at(0).at("changes").at(0).at("name") == "spare-kept");
  bool guard = false;
  for (const auto& one : reading.at("repairs"))
    guard = guard || one.at("changes").at(0).at("about") == "switch_off(lamp l) only if not l.kept";
  CHECK(guard);
  holds_pasted(folder, kLamps, reading, 2);
  const Ran apart = folder.run("repair lamps.yaml --variant bare --most 50 --format json --jobs 2");
  CHECK(first(apart).at("repairs").size() == reading.at("repairs").size());
}

TEST_CASE("two steps in the wrong order and a lock that nobody holds are found", "[cli]") {
  const Folder folder;
  const std::string text = R"spec(design: order
state: {kernel: {saved: bool, gone: bool}}
procedures:
  leave(): |
    gone = true
    saved = true
actors: {a: {code: leave()}}
properties: {saved-first: {never: gone && not saved}}
variants:
  bare: {}
  pasted: {}
)spec";
  folder.write("order.yaml", text);
  holds_pasted(folder, text, first(folder.run("repair order.yaml --variant bare --format json")),
               1);

  const std::string lock = R"spec(design: lock
state: {kernel: {busy: bool, twice: bool}}
locks: {door: mutex}
procedures:
  enter(): |
    if busy: twice = true
    busy = true
    busy = false
actors: {a: {tasks: 2, code: enter()}}
properties: {one-at-a-time: {never: twice}}
variants:
  bare: {}
  pasted: {}
)spec";
  folder.write("lock.yaml", lock);
  const auto reading = first(folder.run("repair lock.yaml --variant bare --format json --most 50"));
  holds_pasted(folder, lock, reading, 1);
  bool held = false;
  for (const auto& one : reading.at("repairs"))
    held = held || one.at("changes").at(0).at("about") == "enter holds door";
  CHECK(held);
}

TEST_CASE("where no set of candidates is a repair, the report says what became of them", "[cli]") {
  const Folder folder;
  folder.write("dark.yaml", R"spec(design: dark
state: {kernel: {lit: bool}}
actors: {a: {code: lit = true}}
properties: {dark: {never: lit}}
)spec");
  const Ran ran = folder.run("repair dark.yaml");
  CHECK(ran.status == 1);
  CHECK(ran.out.find("no candidate changes the run that violates dark") != std::string::npos);
  folder.write("lamps.yaml", kLamps);
  CHECK(folder.run("repair lamps.yaml --property goes-down").out.find("nothing to repair") !=
        std::string::npos);
}

TEST_CASE("wrong input of repair is told with status 2", "[cli]") {
  const Folder folder;
  folder.write("lamps.yaml", kLamps);
  CHECK(folder.run("repair nowhere.yaml").status == 2);
  CHECK(folder.run("repair lamps.yaml --property nothing").status == 2);
  std::string text = kLamps;
  text.replace(text.find("procedures.shutdown: {"), 19, "procedures.shutdwon");
  folder.write("typo.yaml", text);
  const Ran ran = folder.run("repair typo.yaml --variant bare");
  CHECK(ran.status == 2);
  CHECK(ran.err.find("shutdwon") != std::string::npos);
}

TEST_CASE("the findings of reviewers are repaired by no more than they asked for", "[cli][long]") {
  struct Finding {
    const char *name, *reading;
    std::size_t asked;  // changes that the reviewers' fix makes
  };
  const Folder folder;
  for (const Finding& f :
       {Finding{"cb-01-sriov-init-clears-vf-enable", "--variant before", 1},
        Finding{"cb-02-shutdown-is-remove", "--variant before", 1},
        Finding{"cb-03-reset-at-load", "--variant before", 2},
        Finding{"cb-05-close-after-serialization", "--variant before", 1},
        Finding{"cb-06-bridge-loses-bus-master", "--variant before", 1},
        Finding{"cb-08-open-before-retrieve", "--variant before", 2},
        Finding{"cb-09-master-clear-at-first-open", "--variant before", 1},
        Finding{"cb-13-assign-busses", "--variant before", 1},
        Finding{"cb-14-failure-reads-as-nothing", "--variant before", 1},
        Finding{"cb-16-finish-between-scan-passes", "--variant before", 1},
        Finding{"cb-19-gone-while-preserved", "--variant vfs-switched-off", 1},
        Finding{"cb-24-boot-goes-on-unread", "--variant before", 1},
        Finding{"cb-29-image-before-finalize", "--variant before --choose order=load_first", 1},
        Finding{"cb-37-flb-finished-first", "--variant before", 1},
        Finding{"cb-43-reset-against-numvfs", "--variant before", 1}}) {
    const Ran ran = folder.run(
        "repair " LUPROOF_SOURCE_SPECS "/cases/" + std::string(f.name) + ".yaml " + f.reading +
        " --most 1 --format json --timeout 120 --specs " LUPROOF_SOURCE_SPECS);
    INFO(f.name << "\n" << ran.out << ran.err);
    CHECK(ran.status == 0);
    const auto repairs = first(ran).at("repairs");
    REQUIRE(repairs.size() == 1);
    CHECK(repairs.at(0).at("changes").size() <= f.asked);
  }
}

// No claim guards the property, so it would hold of a host that is never replaced.
TEST_CASE("a change that leaves no kexec is no repair", "[cli]") {
  const Folder folder;
  folder.write("host.yaml", R"spec(design: host
state:
  hardware: {master: {type: bool = true}}
procedures:
  clear(): |
    master = false
  reboot():
    code: |
      clear()
      kexec
actors:
  owner: {in: old, life: userspace, code: reboot()}
properties:
  master-kept: {never: kernel > 1 && not master}
candidates:
  never-reboot:
    override:
      procedures.reboot:
        code: |
          if not master:
            kexec
  keep: {override: {procedures.clear: {code: pass}}}
)spec");
  const auto reading = first(folder.run("repair host.yaml --declared --format json"));
  REQUIRE(reading["repairs"].size() == 1);
  CHECK(reading["repairs"][0]["changes"][0]["name"] == "keep");
  CHECK(reading["why_not"]["no update happens any more"] == 1);
}

}  // namespace luproof

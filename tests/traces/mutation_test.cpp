// SPDX-License-Identifier: GPL-2.0-or-later
// The observer against the oracle, on recorded captures whose lines were swapped, dropped, doubled,
// moved (over a kexec too) and lost.
//
// Times stay where they are and lines move, 100 us apart, so that no order is in doubt.
#include <random>

#include "tests/traces/oracle.h"
#include "tests/traces/validate.h"

using namespace luproof::traces;
using namespace luproof::traces::test;

namespace {

using Text = std::vector<std::string>;  // lines

const OracleMachine& machine() {
  static const OracleMachine kMachine = [] {
    OracleMachine m;
    m.vf = "0000:01:10.0";
    m.pf = "0000:01:00.0";
    m.ports = {"0000:00:1c.0"};
    m.sriov_control = 0x168;
    m.passing = 17;  // 28 functions, of which 11 are VFs
    return m;
  }();
  return kMachine;
}

Text lines_of(const std::string& name) {
  luproof::model::Diagnostics diagnostics;
  const auto source = luproof::model::read_source(captured(name), 1 << 22, diagnostics);
  REQUIRE(source);
  Text lines;
  std::string line;
  for (const char c : source->text)
    if (c == '\n') {
      lines.push_back(std::move(line));
      line.clear();
    } else {
      line += c;
    }
  return lines;
}

bool is_event(const std::string& line) { return !line.empty() && line[0] != '#' && line[0] != 'C'; }

// Lines that the oracle has an opinion about.
std::vector<std::size_t> candidates(const Text& lines) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < lines.size(); ++i)
    for (const char* const word : {"set_master", "clear_master", "where=0x4 ", "where=0x168",
                                   "pci_iov_add_virtfn:", "pci_device_probe", "pci_device_remove",
                                   "pci_iov_init", "pcie_flr"})
      if (lines[i].find(word) != std::string::npos && is_event(lines[i])) {
        found.push_back(i);
        break;
      }
  return found;
}

// The text with a count of lines and times that fit.
std::string text_of(const Text& lines) {
  const auto events = std::count_if(lines.begin(), lines.end(), is_event);
  std::string text;
  int moment = 0;
  for (std::string line : lines) {
    const std::size_t counts = line.find("entries-written: ");
    if (counts != std::string::npos)
      line = fmt::format("# entries-in-buffer/entries-written: {0}/{0}   #P:2", events);
    const std::size_t cpu = line.find("] ");
    const std::size_t end = is_event(line) ? line.find(": ", cpu) : std::string::npos;
    if (end != std::string::npos) {
      const std::size_t start = line.rfind(' ', end) + 1;
      line.replace(start, end - start, fmt::format("100.{:06}", 100 * ++moment));
    }
    text += line + "\n";
  }
  return text;
}

using Random = std::mt19937;
std::size_t pick(Random& random, std::size_t size) {
  return std::uniform_int_distribution<std::size_t>(0, size - 1)(random);
}

// What was done, for the message of a failing test.
std::string mutate(std::vector<Text>& captures, Random& random) {
  const std::size_t c = pick(random, captures.size());
  Text& lines = captures[c];
  const auto all = candidates(lines);
  if (all.empty()) return "";
  const std::size_t i = all[pick(random, all.size())], j = all[pick(random, all.size())];
  switch (pick(random, 6)) {
    case 0:
      std::swap(lines[i], lines[j]);
      return fmt::format("swap {}:{} {}; ", c, i + 1, j + 1);
    case 1:
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(i));
      return fmt::format("drop {}:{}; ", c, i + 1);
    case 2: {
      const std::string copy = lines[i];
      lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(j), copy);
      return fmt::format("double {}:{} at {}; ", c, i + 1, j + 1);
    }
    case 3: {
      const std::string moved = lines[i];
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(i));
      Text& to = captures[captures.size() - 1 - c];
      const auto places = candidates(to);
      const std::size_t at = places.empty() ? to.size() : places[pick(random, places.size())];
      to.insert(to.begin() + static_cast<std::ptrdiff_t>(at), moved);
      return fmt::format("move {}:{} to {}:{}; ", c, i + 1, captures.size() - 1 - c, at + 1);
    }
    case 4: {
      const std::string moved = lines[i];
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(i));
      lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(std::min(j, lines.size())), moved);
      return fmt::format("move {}:{} to {}; ", c, i + 1, j + 1);
    }
    default:
      lines[i] = fmt::format("CPU:{} [LOST 1 EVENTS]", pick(random, 2));
      return fmt::format("lose {}:{}; ", c, i + 1);
  }
}

struct Tally {
  int certain = 0, possible = 0, none = 0, lossy = 0, conforms = 0;
};

void compare(const std::vector<Text>& captures, const std::string& how, Tally& tally) {
  std::vector<std::string> texts;
  for (const Text& lines : captures) texts.push_back(text_of(lines));
  const Opinion opinion = ask_oracle(texts, machine());
  std::vector<std::unique_ptr<Temporary>> files;
  ValidateOptions options;
  for (const std::string& text : texts) {
    files.push_back(std::make_unique<Temporary>(text));
    options.captures.push_back(files.back()->path());
  }
  options.topology = captured("topology/no-vfs.lspci.zst");
  options.keep = {machine().vf};
  // Named, so that no design is held to what is left of its lines.
  options.binding = LUPROOF_SOURCE_SPECS "/bindings/pci.yaml";
  options.different = false;
  const Temporary probes("p:pci/pcie_flr pcie_flr dev=dev->dev.kobj.name:string\n");
  options.probes = {probes.path()};
  const Judged judged = judge(options);
  const auto& violations = judged->violations;
  const bool certain = std::any_of(violations.begin(), violations.end(),
                                   [](const auto& v) { return v.trust == Trust::Certain; });
  INFO(how);
  CAPTURE(opinion.first, opinion.missing, violations.size());
  using Lost = Opinion::Lost;
  // Never opposite.
  if (certain) CHECK(opinion.lost == Lost::Certain);
  if (judged->outcome == Outcome::Conforms) {
    CHECK(opinion.lost == Lost::No);
    CHECK_FALSE(opinion.missing);
  }
  if (opinion.lost == Lost::Certain) CHECK_FALSE(violations.empty());
  // Equal, where nothing is missing; a line that names no function may leave the observer at
  // "cannot tell" where worlds can be counted.
  if (!opinion.missing) {
    CHECK(certain == (opinion.lost == Lost::Certain));
    if (opinion.lost == Lost::No) CHECK(violations.empty());
    // It names the line too, but for certain only where it does not take what came later.
    if (opinion.first > 0)
      CHECK(std::any_of(violations.begin(), violations.end(),
                        [&](const auto& v) { return v.by_line == opinion.first; }));
  }
  tally.conforms += judged->outcome == Outcome::Conforms;
  tally.lossy += opinion.missing;
  ++(opinion.lost == Opinion::Lost::Certain    ? tally.certain
     : opinion.lost == Opinion::Lost::Possible ? tally.possible
                                               : tally.none);
}

void campaign(int rounds, unsigned seed) {
  const std::vector<std::vector<Text>> originals = {
      {lines_of("s1/igb-kprobe.trace.txt")},
      {lines_of("s3/new.bootmap.trace.txt"), lines_of("s3/new.boot.trace.txt")},
      {lines_of("s6-vfs-failfreeze/new.bootmap.trace.txt.zst")}};
  Tally tally;
  for (const auto& original : originals) compare(original, "as recorded", tally);
  CHECK(tally.certain == 3);
  Random random(seed);
  for (int round = 0; round < rounds; ++round) {
    auto captures = originals[pick(random, originals.size())];
    std::string how = fmt::format("round {}: ", round);
    // A capture of which only the beginning is left says less, and so more depends on each line.
    if (pick(random, 2) == 0) {
      captures.resize(1);
      const auto all = candidates(captures[0]);
      captures[0].resize(all[all.size() / 4 + pick(random, all.size() * 3 / 4)] + 1);
      how += fmt::format("cut behind {}; ", captures[0].size());
    }
    for (std::size_t i = 1 + pick(random, 3); i > 0; --i) how += mutate(captures, random);
    compare(captures, how, tally);
  }
  // A campaign without all three answers proves little.
  CAPTURE(tally.certain, tally.possible, tally.none, tally.lossy, tally.conforms);
  CHECK(tally.certain > rounds / 20);
  CHECK(tally.possible > rounds / 100);
  CHECK(tally.none > rounds / 20);
  CHECK(tally.lossy > rounds / 20);
  CHECK(tally.conforms > rounds / 20);
}

}  // namespace

TEST_CASE("the observer agrees with an oracle on 200 mutations of recorded captures",
          "[traces][mutation]") {
  campaign(200, 1);
}

TEST_CASE("the observer agrees with an oracle on 1000 mutations of recorded captures",
          "[traces][mutation][long]") {
  campaign(1000, 2);
}

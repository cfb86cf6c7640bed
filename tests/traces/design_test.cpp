// SPDX-License-Identifier: GPL-2.0-or-later
// Recorded captures held to the design of the session generation, as they are and changed: each
// change is named, and why no run of the kernel shows it.
#include <algorithm>
#include <sstream>

#include "model/source.h"
#include "tests/traces/validate.h"

namespace luproof::traces::test {
namespace {

using Answer = DesignVerdict::Answer;

const char* const kOld = "s6-basic/new.bootmap.trace.txt";
const char* const kNew = "s6-basic/new.boot.trace.txt.zst";
const char* const kFailed = "s6-vfs-failfreeze/old.failed-kexec.trace.txt.zst";

// Lines of a recorded capture, counted from 1.
class Recorded {
 public:
  explicit Recorded(const std::string& name) {
    model::Diagnostics diagnostics;
    const auto source = model::read_source(captured(name), std::size_t{1} << 24, diagnostics);
    REQUIRE(source);
    std::istringstream text(source->text);
    for (std::string line; std::getline(text, line);) lines_.push_back(line);
  }
  Recorded& drop(std::size_t number) {
    lines_.erase(lines_.begin() + static_cast<std::ptrdiff_t>(number) - 1);
    return *this;
  }
  Recorded& replace(std::size_t number, const std::string& what, const std::string& with) {
    std::string& line = lines_[number - 1];
    const std::size_t at = line.find(what);
    CAPTURE(line, what);
    REQUIRE(at != std::string::npos);
    line.replace(at, what.size(), with);
    return *this;
  }
  // Line `from` comes to stand before line `to`, which is above it.
  Recorded& move_up(std::size_t from, std::size_t to) {
    const auto begin = lines_.begin();
    std::rotate(begin + static_cast<std::ptrdiff_t>(to) - 1,
                begin + static_cast<std::ptrdiff_t>(from) - 1,
                begin + static_cast<std::ptrdiff_t>(from));
    return *this;
  }
  Recorded& insert(std::size_t before, const std::string& line) {
    lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(before) - 1, line);
    return *this;
  }
  const std::string& line(std::size_t number) const { return lines_[number - 1]; }
  std::string text() const {
    std::string all;
    for (const std::string& line : lines_) all += line + "\n";
    return all;
  }

 private:
  std::vector<std::string> lines_;
};

Judged judge_design(const std::vector<std::string>& texts, bool from_start = true) {
  std::vector<std::unique_ptr<Temporary>> files;
  ValidateOptions options;
  for (const std::string& text : texts) {
    files.push_back(std::make_unique<Temporary>(text));
    options.captures.push_back(files.back()->path());
  }
  // What the function tracer was told to show; no line would say it of a function that nobody
  // called.
  const Temporary filter(
      "luo_session_retrieve\nluo_session_retrieve_fd\nluo_retrieve_file\nluo_session_finish\n"
      "luo_file_finish\nluo_session_release\nluo_file_unpreserve_files\nluo_file_unfreeze\n"
      "memfd_luo_retrieve\nmemfd_luo_unpreserve\nluo_flb_serialize\nliveupdate_reboot\n");
  options.probes = {filter.path()};
  options.design = "luo-handlers-7.3";
  options.kernel = "7.3.4";
  options.from_start = from_start;
  return judge(std::move(options));
}

}  // namespace

TEST_CASE("recorded updates are runs of the design of sessions", "[traces][design]") {
  SECTION("a whole update, with the sessions that the lines name") {
    const Judged judged = judge_design({Recorded(kOld).text(), Recorded(kNew).text()});
    CHECK(judged->design->answer == Answer::Explained);
    CHECK(judged->outcome == Outcome::Conforms);
    CHECK(judged->design->heard == 77);
  }
  SECTION("a reboot that the last file refuses, which is undone") {
    const Judged judged = judge_design({Recorded(kFailed).text()});
    CHECK(judged->design->answer == Answer::Explained);
    CHECK(judged->outcome == Outcome::Conforms);
  }
}

namespace {

struct Change {
  const char* what;
  Recorded lines;
  std::int64_t line;
  const char* says;
};

void unexplained(const Change& change) {
  CAPTURE(change.what);
  const Judged judged = judge_design({change.lines.text()});
  REQUIRE(judged->design);
  CHECK(judged->design->answer == Answer::Unexplained);
  CHECK(judged->outcome == Outcome::Unexplained);
  CHECK(judged->design->line == change.line);
  CHECK(judged->design->event == change.says);
  // Somebody stands somewhere, and the report says where and what could have come.
  REQUIRE_FALSE(judged->design->alive.empty());
  CHECK_FALSE(judged->design->alive.front().standing.empty());
}

}  // namespace

TEST_CASE("what the kernel's code cannot do is unexplained at its line", "[traces][design]") {
  // Lines 144 and 145 enter liveupdate_reboot; what follows it has to wait for it.
  unexplained({"the way out of the kernel begins before the sessions are written",
               Recorded(kOld).move_up(163, 146), 146, "kernel_restart_prepare"});
  // Line 516: the last file refuses. What luo_session_serialize returns is that refusal.
  unexplained({"a refused freeze that is not passed on",
               Recorded(kFailed).replace(523, "ret=-16", "ret=0"), 523,
               "luo_session_serialize returns 0"});
}

TEST_CASE("what the kernel's code cannot do is unexplained, also undone reboots",
          "[traces][design][long]") {
  // Lines 517 to 522: three sessions were frozen before, so three are unfrozen.
  unexplained({"one session is not unfrozen", Recorded(kFailed).drop(522).drop(521), 521,
               "luo_session_serialize returns -EBUSY"});
  unexplained({"a session is unfrozen before any freeze has failed",
               Recorded(kFailed).move_up(518, 516).move_up(518, 516), 516, "luo_file_unfreeze(?)"});
  unexplained({"the kernel goes down although the update was refused",
               Recorded(kFailed).insert(525,
                                        "           kexec-517     [001] ...1.    31.600000: "
                                        "kernel_restart_prepare <-kernel_kexec"),
               525, "kernel_restart_prepare"});
}

TEST_CASE("events are told apart by what they are and by their arguments", "[traces][design]") {
  // Many events with arguments of small numbers: what one is looked up by must not be another's.
  std::string text =
      "case: many\nabout: Many\nentities: {lamp: {members: [a, b, c, d]}}\nstate:\n"
      "  kernel: {lamp.on: bool}\nevents:\n";
  Lines lines;
  for (int i = 0; i < 12; ++i) {
    text += fmt::format("  set_{0}(lamp x): {{symbol: {1}, when: not x.on, do: x.on = true}}\n", i,
                        i % 2 == 0 ? "yes" : "no");
    text += fmt::format("  clear_{0}(lamp x): {{symbol: {1}, when: x.on, do: x.on = false}}\n", i,
                        i % 2 == 0 ? "no" : "yes");
  }
  for (int i = 0; i < 12; i += 2)
    for (const char* lamp : {"a", "b", "c", "d"}) {
      lines.add(fmt::format("set_{}: x={}", i, lamp));
      lines.add(fmt::format("clear_{}: x={}", i + 1, lamp));
    }
  const Temporary spec(text), capture(lines.text());
  ValidateOptions options;
  options.captures = {capture.path()};
  options.design = spec.path();
  options.from_start = true;
  const Judged judged = judge(options);
  CHECK(judged->design->answer == Answer::Explained);
  CHECK(judged->design->heard == 48);
}

TEST_CASE("what nothing of a design does is not held against it", "[traces][design]") {
  // On the machine of the captures: drivers set mastering when they are probed, of which a design
  // of sessions says nothing.
  ValidateOptions options;
  options.captures = {captured(kOld), captured(kNew)};
  options.topology = captured("topology/no-vfs.lspci.zst");
  options.design = "luo-handlers-7.3";
  options.kernel = "7.3.4";
  const Judged judged = judge(options);
  REQUIRE(judged->design);
  CHECK(judged->design->answer == Answer::Explained);
  // The way down of every function of the machine is among what is explained.
  CHECK(judged->design->heard == 111);
}

TEST_CASE("two lines of two CPUs that are close together have no order", "[traces][design]") {
  // Two tasks: the first may light the second lamp only when the other has lit the first.
  const Temporary spec(
      "case: lamps\nabout: Two lamps\nstate:\n  kernel: {one: bool, two: bool}\n"
      "events:\n  light_one(): {when: not one, do: one = true}\n"
      "  light_two(): {when: one and not two, do: two = true}\n");
  const auto judged = [&](int cpu) {
    Lines lines;
    lines.add("light_two: x=1", 7, 0).add("light_one: x=1", 8, cpu);
    const Temporary capture(lines.text());
    ValidateOptions options;
    options.captures = {capture.path()};
    options.design = spec.path();
    options.from_start = true;
    return judge(options);
  };
  CHECK(judged(0)->design->answer == Answer::Unexplained);
  CHECK(judged(1)->design->answer == Answer::CannotTell);
}

TEST_CASE("a line that is missing from a lossy capture accuses nobody", "[traces][design]") {
  Recorded lines(kFailed);
  lines.drop(522).drop(521).insert(521, "CPU:1 [LOST 2 EVENTS]");
  const Judged judged = judge_design({lines.text()});
  CHECK(judged->design->answer == Answer::Explained);
  CHECK(judged->outcome == Outcome::Inconclusive);  // but nothing conforms either
}

TEST_CASE("what may have happened before the first line is not ruled out without being told",
          "[traces][design]") {
  // The new kernel's capture alone: sessions are retrieved that nobody is seen to hand over.
  Recorded lines(kNew);
  const Judged begins = judge_design({lines.text()}, true);
  CHECK(begins->design->answer == Answer::Unexplained);
  const Judged middle = judge_design({lines.text()}, false);
  CHECK(middle->design->answer == Answer::CannotTell);
  CHECK(middle->outcome == Outcome::Inconclusive);
}

TEST_CASE("a slice of a design's verdict is refused, and a line of its own is explained",
          "[traces][design]") {
  ValidateOptions options;
  options.captures = {captured(kOld)};
  options.design = "luo-handlers-7.3";
  options.kernel = "7.3.4";
  ValidateOptions sliced = options;
  const Temporary out("");
  sliced.slice = out.path();
  CHECK(judge(sliced).errors.find("leave out --design") != std::string::npos);
  options.explain = "62";  // luo_preserve_file, of which no binding knows
  const Judged explained = judge(options);
  const auto& said = explained->explanation;
  CHECK(std::find(said.begin(), said.end(),
                  "the design has a procedure or an event of this name") != said.end());
}

TEST_CASE("a design of which the captures say nothing is no pass", "[traces][design]") {
  ValidateOptions options;
  options.captures = {captured("s1/igb-kprobe.trace.txt")};
  options.design = "luo-sessions-7.3";
  options.kernel = "7.3.4";
  const Judged judged = judge(options);
  REQUIRE(judged->design);
  CHECK(judged->design->heard == 0);
  CHECK(judged->design->answer == Answer::CannotTell);
  CHECK(judged->outcome == Outcome::Inconclusive);
}

TEST_CASE("every run that explains the lines violates a property", "[traces][design]") {
  // A spec of two lamps: the second may go on at any time, but only the first is recorded.
  const Temporary spec(
      "case: lamps\nabout: Two lamps\nstate:\n  kernel: {one: bool, two: bool}\n"
      "events:\n  light_one(): {when: not one, do: one = true}\n"
      "  light_two(): {when: one and not two, do: two = true}\n"
      "  dark(): {when: two, do: \"one, two = false, false\"}\n"
      "properties:\n  not-both: {never: one and two, because: The fuse blows.}\n");
  const auto judged_lines = [&](const std::string& events) {
    Lines lines;
    std::istringstream names(events);
    for (std::string name; names >> name;) lines.add(name + ": x=1");
    const Temporary capture(lines.text());
    ValidateOptions options;
    options.captures = {capture.path()};
    options.design = spec.path();
    options.from_start = true;
    return judge(options);
  };
  // Between two of light_one the lamps were dark, and before that both were lit.
  const Judged violated = judged_lines("light_one light_one");
  CHECK(violated->design->answer == Answer::Violates);
  CHECK(violated->design->property == "not-both");
  CHECK(violated->design->line == 2);
  CHECK(violated->outcome == Outcome::Violates);
  CHECK(violated->exit_status() == 1);
  CHECK(judged_lines("light_one")->design->answer == Answer::Explained);
  CHECK(judged_lines("dark")->design->answer == Answer::Violates);
  CHECK(judged_lines("light_one dark dark")->design->answer != Answer::Explained);
}

}  // namespace luproof::traces::test

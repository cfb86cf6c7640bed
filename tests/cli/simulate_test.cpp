// SPDX-License-Identifier: GPL-2.0-or-later
// Stepping through runs, by scripts and at a terminal.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <catch2/catch.hpp>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/cli/command.h"

namespace luproof::command {
namespace {

const std::string kRoot = LUPROOF_SOURCE_SPECS "/..";
const std::string kFirst = "docs/tutorial/first.yaml --variant endpoint-only";
const std::string kGolden = std::string(LUPROOF_TEST_DIR) + "/cli/golden/";

// What a script prints, started where a user stands.
Ran script(const Folder& folder, const std::string& design, const std::string& text,
           const std::string& options = "") {
  folder.write("script", text);
  return folder.run("simulate " + design + " --script '" + folder.path() + "/script' " + options,
                    kRoot);
}

bool has(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

// The tool at a terminal of its own.
class Terminal {
 public:
  explicit Terminal(const std::string& design) {
    const int master = posix_openpt(O_RDWR | O_NOCTTY);
    REQUIRE(master >= 0);
    REQUIRE(grantpt(master) == 0);
    REQUIRE(unlockpt(master) == 0);
    const std::string name = ptsname(master);
    const std::string command =
        "cd '" + kRoot + "' && exec '" LUPROOF_BINARY "' simulate " + design;
    child_ = fork();
    REQUIRE(child_ >= 0);
    if (child_ == 0) {
      setsid();  // the terminal that is opened next becomes ours, with its Ctrl-C
      const int slave = open(name.c_str(), O_RDWR);
      for (int to = 0; to < 3; ++to) dup2(slave, to);
      setenv("TERM", "xterm", 1);
      execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
      _exit(127);
    }
    master_ = master;
  }
  ~Terminal() {
    if (child_ > 0) kill(child_, SIGKILL), waitpid(child_, nullptr, 0);
    close(master_);
  }
  void type(const std::string& text) {
    REQUIRE(write(master_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  // Until the text has come, behind what was waited for before.
  bool shows(const std::string& what) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (seen_.find(what, at_) == std::string::npos) {
      if (std::chrono::steady_clock::now() > until || !more()) return false;
    }
    at_ = seen_.find(what, at_) + what.size();
    return true;
  }
  int status() {
    while (more()) {
    }
    int status = 0;
    waitpid(child_, &status, 0);
    child_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  const std::string& seen() const { return seen_; }

 private:
  bool more() {
    pollfd ready = {master_, POLLIN, 0};
    if (poll(&ready, 1, 60'000) <= 0) return false;
    char buffer[4096];
    const ssize_t got = read(master_, buffer, sizeof buffer);
    if (got <= 0) return false;
    seen_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }

  int master_ = -1;
  pid_t child_ = -1;
  std::string seen_;
  std::size_t at_ = 0;
};

}  // namespace

TEST_CASE("a scripted simulation is the golden transcript", "[cli]") {
  Folder folder;
  const Ran ran =
      folder.run("simulate " + kFirst + " --script '" + kGolden + "simulate.script'", kRoot);
  CHECK(ran.out == Folder::read(kGolden + "simulate.txt"));
  CHECK(ran.err == "");
  CHECK(ran.status == 1);  // the run clears bus mastering of the port above the claimed VF
}

TEST_CASE("the status says what the run violates as it stands at the end", "[cli]") {
  Folder folder;
  CHECK(script(folder, kFirst, "run to violation\n").status == 1);
  CHECK(script(folder, kFirst, "run to violation\nu\n").status == 0);
  CHECK(script(folder, kFirst, "run to violation\nu\nr\nquit\nnonsense\n").status == 1);
  CHECK(script(folder, kFirst, "").status == 0);
}

TEST_CASE("what a simulation cannot do is an error with its line", "[cli]") {
  Folder folder;
  const auto wrong = [&](const std::string& text, const std::string& what) {
    const Ran ran = script(folder, kFirst, text);
    INFO(ran.err);
    CHECK(ran.status == 2);
    CHECK(has(ran.err, what));
    CHECK(ran.err.find('\x1b') == std::string::npos);
  };
  wrong("1\n7\n", "script:2: error: there is no step 7");
  wrong("stae\n", "did you mean 'state'?");
  wrong("run to pci_clear_mastr\n", "did you mean 'pci_clear_master'?");
  wrong("run kexec\n", "run to EVENT");
  wrong("why nobody\x1b[31m\n", "there is no actor or event");
  wrong("u x\n", "'x' is no number");
  wrong("start 2\n", "there is no first state 2");
  wrong("load nowhere.json\n", "nowhere.json");
  CHECK(folder.run("simulate docs/tutorial/first.yaml", kRoot).status == 2);  // two variants
  CHECK(folder.run("simulate " + kFirst + " --script nowhere", kRoot).status == 2);
}

TEST_CASE("a search that comes to a full pool has not seen all depths", "[cli]") {
  Folder folder;
  folder.write("pool.yaml",
               "case: pool\nentities: {item: {pool: 1}}\n"
               "state: {kernel: {n: int 0..9 = 0, keep: ref item, more: ref item}}\n"
               "actors:\n  a:\n    code: |\n      let x = new item\n      keep = x\n"
               "      let y = new item\n      more = y\n      n = 5\n"
               "properties: {five: {never: n == 5}}\n");
  const std::string design = folder.path() + "/pool.yaml";
  const std::string says = "a pool was full, and what comes after that is not known";
  // Also where the run stands at it: one step at a time, the third finds the pool full.
  for (const char* way : {"run to five\n", "1\n1\n1\nrun to five\n"}) {
    const Ran ran = script(folder, design, way, "--verbose");
    INFO(ran.out << ran.err);
    CHECK(ran.status == 3);
    CHECK(has(ran.out, says));
    CHECK_FALSE(has(ran.out, "at all depths"));
  }
  CHECK_FALSE(has(script(folder, design, "run to kexec\n").out, "at all depths"));
}

TEST_CASE("an empty continuation is told as one", "[cli]") {
  Folder folder;
  const Ran ran = script(folder, "docs/tutorial/first.yaml --variant with-ports",
                         "run to violation\nrun to kexec\n");
  CHECK(has(ran.out, "no continuation comes to violation, at all depths"));
  CHECK(has(ran.out, "reboot: kexec"));
  CHECK(ran.status == 0);
}

TEST_CASE("a simulation keeps its run, and takes those that check prints", "[cli]") {
  Folder folder;
  const std::string kept = folder.path() + "/kept.json";
  const Ran first = script(folder, kFirst, "run to violation\nsave " + kept + "\n");
  CHECK(first.status == 1);
  const Ran again = script(folder, kFirst, "load " + kept + "\n");
  CHECK(again.status == 1);
  CHECK(has(again.out, "VIOLATED vf-dma-continues"));
  CHECK(nlohmann::json::parse(Folder::read(kept)).at("property") == "vf-dma-continues");
  const Ran checked = folder.run("check " + kFirst + " --format json", kRoot);
  folder.write("checked.json", checked.out);
  const Ran other = script(folder, kFirst, "load " + folder.path() + "/checked.json\n");
  CHECK(other.status == 1);
  CHECK(script(folder, "docs/tutorial/first.yaml --variant with-ports", "load " + kept + "\n")
            .status == 2);  // there the port is spared
}

TEST_CASE("a walk at random is the same for a seed, and claims nothing", "[cli]") {
  Folder folder;
  const std::string walk = "simulate specs/designs/vfio-rfc-v1.yaml --variant as-posted --random";
  const Ran one = folder.run(walk + " --seed 3 --steps 60", kRoot);
  CHECK(one.out == folder.run(walk + " --seed 3 --steps 60", kRoot).out);
  CHECK(one.out != folder.run(walk + " --seed 4 --steps 60", kRoot).out);
  CHECK(one.status == 1);
  CHECK(has(one.out, "VIOLATED vf-dma-continues"));
  CHECK(has(one.out, "it decides nothing"));
  CHECK(folder.run(walk + " --seed 3 --steps 5", kRoot).status == 0);
}

TEST_CASE("who holds a lock is said of those who wait for it", "[cli]") {
  Folder folder;
  const std::string design = "specs/cases/cb-43-reset-against-numvfs.yaml --variant before";
  const Ran found = folder.run("check " + design + " --property deadlock --format json", kRoot);
  folder.write("deadlock.json", found.out);
  const Ran ran = script(folder, design,
                         "load " + folder.path() +
                             "/deadlock.json\nwhy administrator\nwhy vmm\nwhy somebody\nwhere\n");
  INFO(ran.out << ran.err);
  CHECK(has(ran.out, "administrator can take a step"));
  CHECK(has(ran.out, "vmm can take a step"));  // at a lock that nobody holds
  CHECK(has(ran.out, "device_mutex[pf0] is held by administrator"));
  CHECK(has(ran.out, "(waits)"));
}

TEST_CASE("at a terminal there is a prompt, Ctrl-C ends no session and Ctrl-D does", "[cli]") {
  Terminal terminal(kFirst);
  REQUIRE(terminal.shows("\n> "));
  terminal.type("run to violation\n");
  CHECK(terminal.shows("VIOLATED vf-dma-continues"));
  CHECK(terminal.shows("\n> "));
  terminal.type("nonsense\n");
  CHECK(terminal.shows("there is no command 'nonsense'"));
  CHECK(terminal.shows("\n> "));
  for (int again = 0; again < 5; ++again) {  // once is luck: the line may be read while it is typed
    terminal.type("half a line\x03");
    REQUIRE(terminal.shows("\n> "));
  }
  terminal.type("undo\n");
  CHECK(terminal.shows("1 choice undone"));
  CHECK(terminal.shows("\n> "));
  terminal.type("\x04");
  const int status = terminal.status();
  INFO(terminal.seen());
  CHECK(status == 0);
}

}  // namespace luproof::command

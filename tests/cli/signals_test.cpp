// SPDX-License-Identifier: GPL-2.0-or-later
// Ctrl-C and SIGTERM: a command ends with what it knows, and with status 3.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>

#include <thread>
#include <vector>

#include "tests/cli/command.h"
#include "tests/cli/deep_design.h"

namespace luproof {
namespace {

using command::Folder;
using command::Ran;
using command::replaced;
namespace fs = std::filesystem;

// Counters that never stop: nothing is decided in any time that a test has.
constexpr const char* kEndless =
    "design: endless\ncite: linux-7.3.4\n"
    "state: {kernel: {a: 0..50000, b: 0..50000, c: 0..50000}}\n"
    "events:\n  begin: {do: pass}\n"
    "define: {goes(): {expr: true, patch: 1}}\n"
    "procedures:\n  count():\n    at: counter.c:count\n    code: |\n      forever:\n"
    "        if goes():\n          c = if(c < 50000, c + 1, 0)\n"
    "actors:\n"
    "  one:\n    code: |\n      begin()\n      forever:\n        a = if(a < 50000, a + 1, 0)\n"
    "  two:\n    code: |\n      forever:\n        b = if(b < 50000, b + 1, 0)\n"
    "  three: {code: count()}\n"
    "properties:\n  low: {never: a + b + c > 149999, because: It is high.}\n"
    "variants: {here: {about: One}, there: {about: The other}}\n"
    "candidates:\n  still: {about: Less, override: {procedures.count: pass}}\n";
constexpr const char* kQuestion =
    "question: which\nuse: [endless]\nchoices: {way: [this, that]}\n"
    "ask: {criteria: {steps: {from: {when: \"true\"}, to: {when: a == 1}, count: begin, unit: "
    "x}}}\n";
constexpr const char* kSeries =
    "From: A <a@example.org>\nSubject: [PATCH] Count less\n\n---\n counter.c | 2 +-\n\n"
    "diff --git a/counter.c b/counter.c\n--- a/counter.c\n+++ b/counter.c\n"
    "@@ -1,3 +1,3 @@ int count(void)\n {\n-\treturn 1;\n+\treturn 0;\n }\n";

// Before exec it is still this program, which catches signals too.
bool catches(pid_t pid, int signal) {
  std::error_code gone;
  const std::string process = "/proc/" + std::to_string(pid);
  if (!fs::equivalent(process + "/exe", LUPROOF_BINARY, gone)) return false;
  std::ifstream status(process + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("SigCgt:", 0) == 0)
      return (std::stoull(line.substr(7), nullptr, 16) >> (signal - 1) & 1) != 0;
  return false;
}

bool ended(pid_t pid) {
  siginfo_t about = {};
  return waitid(P_PID, static_cast<id_t>(pid), &about, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         about.si_pid == pid;
}

// Waits for somebody to read what it writes.
bool waits_to_write(pid_t pid, int pipe) {
  pollfd room = {pipe, POLLOUT, 0};
  if (poll(&room, 1, 0) != 0) return false;
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("State:", 0) == 0) return line.find('S', 6) != std::string::npos;
  return false;
}

// Starts a command, and stops it as soon as it can be. The time is for a machine that is stuck.
Ran stopped(const Folder& folder, const std::string& line, int signal) {
  constexpr int kTries = 30'000;
  const std::string out = folder.path() + "/out.txt", err = folder.path() + "/err.txt";
  std::vector<std::string> words = {"luproof"};
  std::istringstream all(line);
  for (std::string word; all >> word;) words.push_back(word);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t pid = fork();
  REQUIRE(pid >= 0);
  if (pid == 0) {
    if (chdir(folder.path().c_str()) != 0) _exit(127);
    dup2(open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    dup2(open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
    execv(LUPROOF_BINARY, arguments.data());
    _exit(127);
  }
  for (int i = 0; i < kTries && !catches(pid, signal) && !ended(pid); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  CHECK_FALSE(ended(pid));
  kill(pid, signal);
  int status = 0;
  REQUIRE(waitpid(pid, &status, 0) == pid);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), Folder::read(out),
          Folder::read(err)};
}

}  // namespace

TEST_CASE("a signal ends every long command with what is known", "[cli][signals]") {
  const Folder folder;
  folder.write("endless.yaml", kEndless);
  folder.write("other.yaml", replaced(replaced(kEndless, "endless", "other"), "low:", "lower:"));
  folder.write("which.yaml", kQuestion);
  folder.write("deep.yaml", command::deep());
  folder.write("low.txt", "run to low\n");
  folder.write("plan.yaml", "sweep: all\ndesigns:\n  - {file: endless.yaml}\n");
  folder.write("brief.yaml", replaced(replaced(kEndless, "endless", "brief"), "a + b + c > 149999",
                                      "a == 1 && b == 1"));
  const Ran found = folder.run("check brief.yaml --variant here --bound 4 --format json");
  REQUIRE(found.status == 1);
  folder.write("run.json", found.out);
  folder.write("series.patch", kSeries);
  folder.write("linux/Makefile", "VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 4\n");
  const std::string capture = Folder::read(LUPROOF_TEST_DIR "/captures/s1/igb-kprobe.trace.txt");
  for (int i = 0; i < 100; ++i)  // runs, each of which conforms
    folder.write("ci/" + std::to_string(i) + ".trace", capture);
  const int signal = GENERATE(SIGINT, SIGTERM);
  // What is said of what is not known, on either stream.
  const std::vector<std::pair<std::string, std::string>> lines = {
      {"check endless.yaml", "unknown"},
      {"check endless.yaml --format json", "\"unknown\""},
      {"check endless.yaml --variant here --each-patch", "unknown"},
      {"ask which.yaml", "NOT all depths"},
      {"matrix endless.yaml", "4 are not decided"},
      {"mutate endless.yaml --variant here", "interrupt"},
      {"repair endless.yaml --variant here", "interrupt"},
      {"diff endless.yaml other.yaml", "unknown"},
      {"lint endless.yaml", "not every run was seen"},
      {"test endless.yaml", "2 not finished"},
      {"sweep plan.yaml", "not recorded"},
      {"explain run.json", "interrupt"},
      {"preflight --keep all --topology " LUPROOF_TEST_DIR "/captures/topology/igb4.lspci.zst",
       "CANNOT TELL"},
      {"map series.patch endless.yaml", "stopped by Ctrl-C, 1 patch not looked at"},
      {"drift linux", "functions compared; stopped by Ctrl-C"},
      {"trace ci", "ended by Ctrl-C before anything was known"},
      {"simulate endless.yaml --variant here --script low.txt", "stopped"},
      {"simulate deep.yaml --random", "stopped by Ctrl-C: the walk goes no further"},
      {"simulate deep.yaml --script low.txt", "stopped before"},
      {"show deep.yaml --what system", "stopped by Ctrl-C: nothing is shown"},
      {"export deep.yaml --to smt2", "stopped by Ctrl-C: nothing is written"}};
  for (const auto& [line, says] : lines) {
    const Ran ran = stopped(folder, line, signal);
    INFO(line << "\n" << ran.out << ran.err);
    CHECK(ran.status == 3);
    CHECK((ran.out + ran.err).find(says) != std::string::npos);
  }
}

// Nobody reads what it writes, so it hears of no first signal.
TEST_CASE("a second signal ends a session of simulate", "[cli][signals]") {
  const Folder folder;
  folder.write("endless.yaml", kEndless);
  std::string script;
  for (int i = 0; i < 1'000; ++i) script += "help\n";
  folder.write("help.txt", script);
  const int signal = GENERATE(SIGINT, SIGTERM);
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t pid = fork();
  REQUIRE(pid >= 0);
  if (pid == 0) {
    if (chdir(folder.path().c_str()) != 0) _exit(127);
    dup2(ends[1], STDOUT_FILENO);
    execl(LUPROOF_BINARY, "luproof", "simulate", "endless.yaml", "--variant", "here", "--script",
          "help.txt", static_cast<char*>(nullptr));
    _exit(127);
  }
  constexpr int kTries = 1'000;
  const auto wait_until = [&](const auto& done) {
    for (int i = 0; i < kTries && !done(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
  };
  wait_until([&] { return waits_to_write(pid, ends[1]); });
  CHECK(catches(pid, signal));
  kill(pid, signal);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  CHECK_FALSE(ended(pid));
  kill(pid, signal);
  wait_until([&] { return ended(pid); });
  CHECK(ended(pid));
  kill(pid, SIGKILL);
  int status = 0;
  REQUIRE(waitpid(pid, &status, 0) == pid);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 128 + signal);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace luproof

// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/apart.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <list>
#include <vector>

#include "cli/progress.h"
#include "traces/limits.h"

namespace luproof::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kLookMs = 100;
constexpr std::size_t kLargestResult = std::size_t{256} << 20;
constexpr double kGraceFactor = 1.5, kGraceSeconds = 10;
constexpr std::size_t kGraceBytes = std::size_t{256} << 20;

struct Child {
  std::size_t index = 0;
  pid_t pid = -1;
  int pipe = -1;
  Clock::time_point begun;
  bool told = false;  // that it should stop
  Apart apart;
};

// In the new process; does not return.
[[noreturn]] void work_and_exit(std::size_t index, int pipe, pid_t parent,
                                const std::function<std::string(std::size_t)>& work) {
  // Ctrl-C of a terminal goes to its whole group: here the parent alone passes it on.
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  const std::string result = work(index);
  for (std::size_t at = 0; at < result.size();) {
    const ssize_t written = write(pipe, result.data() + at, result.size() - at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) _exit(1);
    at += static_cast<std::size_t>(written);
  }
  _exit(0);
}

class Children {
 public:
  Children(const ApartLimits& limits, const std::function<std::string(std::size_t)>& work,
           const std::function<void(std::size_t, Apart)>& done)
      : limits_(limits), work_(work), done_(done) {}

  std::size_t running() const { return children_.size(); }

  void begin(std::size_t index) {
    int ends[2];
    if (pipe(ends) != 0) return fail(index, "no pipe");
    std::fflush(nullptr);
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid < 0) {
      close(ends[0]);
      close(ends[1]);
      return fail(index, "no process");
    }
    if (pid == 0) {
      close(ends[0]);
      for (const Child& other : children_) close(other.pipe);
      work_and_exit(index, ends[1], parent, work_);
    }
    close(ends[1]);
    Child child;
    child.index = index;
    child.pid = pid;
    child.pipe = ends[0];
    child.begun = Clock::now();
    children_.push_back(std::move(child));
  }

  // Waits a little, reads what there is, and ends what has to end.
  void look() {
    std::vector<pollfd> waiting;
    for (const Child& child : children_) waiting.push_back({child.pipe, POLLIN, 0});
    poll(waiting.data(), waiting.size(), kLookMs);
    std::size_t i = 0;
    for (auto at = children_.begin(); at != children_.end(); ++i) {
      const bool ready = waiting[i].revents != 0;
      at = ready && !read_some(*at) ? finish(at) : std::next(at);
    }
    for (Child& child : children_) hold_to_limits(child);
  }

 private:
  void fail(std::size_t index, const char* why) {
    Apart apart;
    apart.ended = why;
    done_(index, std::move(apart));
  }

  // False at the end.
  static bool read_some(Child& child) {
    char buffer[1 << 16];
    const ssize_t size = read(child.pipe, buffer, sizeof buffer);
    if (size < 0) return errno == EINTR;
    child.apart.result.append(buffer, static_cast<std::size_t>(size));
    return size > 0 && child.apart.result.size() <= kLargestResult;
  }

  std::list<Child>::iterator finish(std::list<Child>::iterator at) {
    close(at->pipe);
    if (at->apart.result.size() > kLargestResult) end(*at, "a result of more than 256 MiB");
    int status = 0;
    rusage used{};
    while (wait4(at->pid, &status, 0, &used) < 0 && errno == EINTR) continue;
    Apart apart = std::move(at->apart);
    apart.seconds = std::chrono::duration<double>(Clock::now() - at->begun).count();
    apart.memory = static_cast<std::size_t>(used.ru_maxrss) * 1024;
    if (apart.ended.empty() && WIFSIGNALED(status))
      apart.ended = fmt::format("signal {}", WTERMSIG(status));
    else if (apart.ended.empty() && WEXITSTATUS(status) != 0)
      apart.ended = fmt::format("status {}", WEXITSTATUS(status));
    done_(at->index, std::move(apart));
    return children_.erase(at);
  }

  void hold_to_limits(Child& child) {
    if (!child.apart.ended.empty()) return;
    const double seconds = std::chrono::duration<double>(Clock::now() - child.begun).count();
    if (interrupted() && !child.told) {
      child.told = true;
      kill(child.pid, SIGINT);
    }
    if (limits_.seconds > 0 && seconds > limits_.seconds)
      end(child, "--timeout");
    else if (limits_.memory > 0 && traces::resident_memory(child.pid) > limits_.memory)
      end(child, "--memory");
  }

  static void end(Child& child, const char* why) {
    child.apart.ended = why;
    kill(child.pid, SIGKILL);
  }

  const ApartLimits& limits_;
  const std::function<std::string(std::size_t)>& work_;
  const std::function<void(std::size_t, Apart)>& done_;
  std::list<Child> children_;
};

}  // namespace

ApartLimits with_grace(double seconds, std::size_t memory, bool usual) {
  const std::size_t beyond = usual ? memory / 4 : memory + kGraceBytes;
  return {seconds > 0 ? seconds * kGraceFactor + kGraceSeconds : 0,
          memory > 0 ? memory + beyond : 0};
}

void apart(std::size_t count, int jobs, const ApartLimits& limits,
           const std::function<std::string(std::size_t)>& work,
           const std::function<void(std::size_t, Apart)>& done) {
  Children children(limits, work, done);
  const std::size_t at_a_time = static_cast<std::size_t>(std::max(jobs, 1));
  std::size_t next = 0;
  while (children.running() > 0 || (next < count && !interrupted())) {
    while (children.running() < at_a_time && next < count && !interrupted()) children.begin(next++);
    children.look();
  }
  for (; next < count; ++next) {
    Apart apart;
    apart.ended = "Ctrl-C";
    done(next, std::move(apart));
  }
}

}  // namespace luproof::cli

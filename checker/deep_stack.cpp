// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/deep_stack.h"

#include <pthread.h>

#include <exception>

namespace luproof::checker {
namespace {

constexpr std::size_t kMost = std::size_t{512} << 20, kLeast = std::size_t{16} << 20;

struct Job {
  const std::function<void()>& work;
  std::exception_ptr thrown;
};

void* run(void* argument) {
  Job& job = *static_cast<Job*>(argument);
  try {
    job.work();
  } catch (...) {
    job.thrown = std::current_exception();
  }
  return nullptr;
}

bool started(std::size_t bytes, pthread_t& thread, Job& job) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  const bool good = pthread_attr_setstacksize(&attributes, bytes) == 0 &&
                    pthread_create(&thread, &attributes, run, &job) == 0;
  pthread_attr_destroy(&attributes);
  return good;
}

}  // namespace

void on_deep_stack(const std::function<void()>& work) {
  Job job{work, nullptr};
  pthread_t thread = {};
  std::size_t bytes = kMost;
  while (bytes >= kLeast && !started(bytes, thread, job)) bytes /= 2;
  if (bytes < kLeast) return work();  // then on the stack that there is
  pthread_join(thread, nullptr);
  if (job.thrown) std::rethrow_exception(job.thrown);
}

StackEnd::StackEnd() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
  void* lowest = nullptr;
  std::size_t bytes = 0;
  if (pthread_attr_getstack(&attributes, &lowest, &bytes) == 0)
    reserve_ = reinterpret_cast<std::uintptr_t>(lowest) + bytes / 8;
  pthread_attr_destroy(&attributes);
}

}  // namespace luproof::checker

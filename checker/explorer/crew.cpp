// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/explorer/crew.h"

namespace luproof::checker {
namespace {
constexpr std::size_t kPlaces = 4;  // for each worker
}

Crew::Crew(std::size_t workers) : ready_(workers * kPlaces, 0) {
  for (std::size_t i = 1; i < workers; ++i) threads_.emplace_back([this, i] { help(i); });
}

Crew::~Crew() {
  {
    const std::lock_guard lock(mutex_);
    end_ = true;
  }
  more_.notify_all();
  for (std::thread& t : threads_) t.join();
}

bool Crew::claim(std::size_t& piece) {
  if (next_ >= pieces_ || next_ >= taken_ + places()) return false;
  piece = next_++;
  ++busy_;
  return true;
}

void Crew::finish(std::size_t piece) {
  ready_[piece % places()] = piece + 1;
  --busy_;
}

void Crew::help(std::size_t worker) {
  std::unique_lock lock(mutex_);
  for (;;) {
    std::size_t piece = 0;
    more_.wait(lock, [&] { return end_ || claim(piece); });
    if (end_) return;
    lock.unlock();
    (*work_)(piece, piece % places(), worker);
    lock.lock();
    finish(piece);
    done_.notify_one();
  }
}

void Crew::run(std::size_t pieces, const Work& work,
               const std::function<bool(std::size_t, std::size_t)>& take) {
  std::unique_lock lock(mutex_);
  work_ = &work;
  pieces_ = pieces;
  next_ = taken_ = 0;
  ready_.assign(ready_.size(), 0);
  more_.notify_all();
  while (taken_ < pieces_) {
    const std::size_t place = taken_ % places();
    if (ready_[place] == taken_ + 1) {
      lock.unlock();
      const bool on = take(taken_, place);
      lock.lock();
      if (!on) break;
      ++taken_;
      more_.notify_one();
      continue;
    }
    std::size_t piece = 0;
    if (!claim(piece)) {
      done_.wait(lock);
      continue;
    }
    lock.unlock();
    work(piece, piece % places(), 0);
    lock.lock();
    finish(piece);
  }
  pieces_ = 0;  // nobody starts another one
  done_.wait(lock, [&] { return busy_ == 0; });
}

}  // namespace luproof::checker

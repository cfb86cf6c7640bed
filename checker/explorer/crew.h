// SPDX-License-Identifier: GPL-2.0-or-later
// Threads that work on numbered pieces, whose results are taken in order.
//
// Who does which piece is left to chance; what comes out of it is not, since one thread takes the
// results one after the other. Pieces are at most a few ahead of it.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace luproof::checker {

class Crew {
 public:
  // work(piece, place, worker): place says where the result goes, below places().
  using Work = std::function<void(std::size_t, std::size_t, std::size_t)>;
  explicit Crew(std::size_t workers);  // the caller of run() is one of them
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  std::size_t places() const { return ready_.size(); }
  std::size_t workers() const { return threads_.size() + 1; }
  // take(piece, place) in the order of the pieces; false ends it.
  void run(std::size_t pieces, const Work& work,
           const std::function<bool(std::size_t, std::size_t)>& take);

 private:
  void help(std::size_t worker);
  // Takes the next piece that has a place, if there is one.
  bool claim(std::size_t& piece);
  void finish(std::size_t piece);

  std::mutex mutex_;
  std::condition_variable more_, done_;
  std::vector<std::size_t> ready_;  // by place: the piece that lies there, + 1
  const Work* work_ = nullptr;
  std::size_t pieces_ = 0, next_ = 0, taken_ = 0, busy_ = 0;
  bool end_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace luproof::checker

// SPDX-License-Identifier: GPL-2.0-or-later
// bfs N [sym]: a breadth-first search written for this one model; the floor for speed.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <unordered_set>
#include <vector>
using u = uint64_t;
static int N;
static bool SYM;
static u ONE, EV;
struct S {
  u ph, bm, sv, dr;
};
static u pack(S s) {
  if (SYM) {  // canonical: sort pairs (device 2i-1,2i) by their 6 bits
    int p = N / 2;
    unsigned k[16];
    for (int i = 0; i < p; i++) {
      k[i] =
          ((s.bm >> (2 * i)) & 3) | (((s.sv >> (2 * i)) & 3) << 2) | (((s.dr >> (2 * i)) & 3) << 4);
    }
    std::sort(k, k + p);
    u b = 0, v = 0, d = 0;
    for (int i = 0; i < p; i++) {
      b |= (u)(k[i] & 3) << (2 * i);
      v |= (u)((k[i] >> 2) & 3) << (2 * i);
      d |= (u)((k[i] >> 4) & 3) << (2 * i);
    }
    s.bm = b;
    s.sv = v;
    s.dr = d;
  }
  return s.ph | (s.bm << 2) | (s.sv << (2 + N)) | (s.dr << (2 + 2 * N));
}
static S un(u x) {
  u m = ONE;
  return {x & 3, (x >> 2) & m, (x >> (2 + N)) & m, (x >> (2 + 2 * N)) & m};
}
struct Set {
  std::vector<u> t;
  size_t n = 0, mask;
  Set(size_t c) : t(c, ~0ull), mask(c - 1) {}
  bool ins(u x) {
    if (n * 2 > t.size()) grow();
    u h = x * 0x9E3779B97F4A7C15ull;
    size_t i = (h ^ (h >> 29)) & mask;
    while (t[i] != ~0ull) {
      if (t[i] == x) return false;
      i = (i + 1) & mask;
    }
    t[i] = x;
    n++;
    return true;
  }
  void grow() {
    std::vector<u> o;
    o.swap(t);
    t.assign(o.size() * 2, ~0ull);
    mask = t.size() - 1;
    n = 0;
    for (u x : o)
      if (x != ~0ull) ins(x);
  }
};
int main(int c, char** v) {
  N = atoi(v[1]);
  SYM = c > 2;
  ONE = (1ull << N) - 1;
  EV = 0;
  for (int i = 1; i < N; i += 2) EV |= 1ull << i;
  auto t0 = std::chrono::steady_clock::now();
  Set seen(1 << 16);
  std::vector<u> cur{pack({0, ONE, 0, ONE})}, nxt;
  seen.ins(cur[0]);
  size_t tr = 0, depth = 0;
  while (!cur.empty()) {
    nxt.clear();
    for (u x : cur) {
      S s = un(x);
      auto go = [&](S n) {
        tr++;
        u y = pack(n);
        if (seen.ins(y)) nxt.push_back(y);
      };
      for (int i = 0; i < N; i++) {
        u b = 1ull << i;
        if (s.ph == 0 && !(s.sv & b) && (s.bm & b)) go({0, s.bm, s.sv | b, s.dr});
        if (s.ph == 0 && (s.sv & b)) go({0, s.bm, s.sv & ~b, s.dr});
        if (s.ph == 1 && (s.dr & b)) go({1, s.bm, s.sv, s.dr & ~b});
        if (s.ph == 3 && !(s.dr & b)) go({3, s.bm | b, s.sv, s.dr | b});
        if (s.ph == 3 && (s.sv & b) && (s.dr & b)) go({3, s.bm, s.sv & ~b, s.dr});
        if ((s.ph == 0 || s.ph == 3) && !(s.bm & b) && (s.dr & b)) go({s.ph, s.bm | b, s.sv, s.dr});
      }
      if (s.ph == 0 && !(((s.sv & EV) >> 1) & ~s.sv)) go({1, s.bm, s.sv, s.dr});
      if (s.ph == 1 || s.ph == 2) go({0, s.bm, 0, ONE});
      if (s.ph == 1 && !(s.sv & s.dr)) go({2, s.bm, s.sv, s.dr});
      if (s.ph == 2) go({3, s.bm & s.sv, s.sv, s.dr});
      if (s.ph == 3 && !s.sv && s.dr == ONE) go({0, s.bm, s.sv, s.dr});
    }
    cur.swap(nxt);
    depth++;
  }
  double dt = std::chrono::duration<double>(std::chrono::steady_clock::now() - t0).count();
  printf("N=%d sym=%d states=%zu transitions=%zu depth=%zu %.3fs %.2fM states/s %.1fM tr/s\n", N,
         SYM, seen.n, tr, depth, dt, seen.n / dt / 1e6, tr / dt / 1e6);
}

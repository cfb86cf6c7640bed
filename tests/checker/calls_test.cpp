// SPDX-License-Identifier: GPL-2.0-or-later
// Who called what in a run: found again from the statements and the passages of its steps.
#include "checker/calls.h"

#include <catch2/catch.hpp>

#include "tests/checker/spec_text.h"

namespace luproof::checker {
namespace {

constexpr const char* kSpec = R"(case: c
topology:
  pf0: {kind: pf, bdf: "0000:01:00.0", first_vf_offset: 1, vf_stride: 1, total_vfs: 1}
  vf0: {kind: vf, of: pf0, index: 0}
state:
  kernel:
    function.mark: bool
    n: int 0..3
events:
  marked(function d): {symbol: no, do: d.mark = true}
procedures:
  inner(function d) -> errno:
    symbol: no
    code: |
      marked(d)
      n = 2
      return 0
  outer(pf p, int k):
    symbol: no
    code: |
      for v in vf where v.pf == p:
        ignore inner(v)
      n = k
  leaves():
    symbol: no
    code: |
      n = 0
      kexec
actors:
  a:
    life: userspace
    in: every kernel
    code: |
      outer(pf0, 3)
      leaves()
)";

// name(args) entered..left, with its caller
std::string text_of(const model::Model& model, const Calls& calls, std::size_t i) {
  const Call& call = calls.all[i];
  std::string text = call.event ? model.events[call.index].name : model.procedures[call.index].name;
  const auto& locals =
      call.event ? model.events[call.index].locals : model.procedures[call.index].locals;
  for (std::size_t a = 0; a < call.args.size(); ++a)
    text += " " + model.value_text(locals[a].type, call.args[a]);
  return text + " " + std::to_string(call.entered) + ".." + std::to_string(call.left) + " in " +
         std::to_string(call.caller);
}

}  // namespace

TEST_CASE("calls are told with their arguments, callers and steps, before the first step too",
          "[checker]") {
  const auto model = load_text(kSpec);
  const model::Layout layout(*model);
  const Interpreter interpreter(*model, layout);
  FoundRun found;
  found.at.push_back((*interpreter.initial()).at(0));
  for (int i = 0; i < 6; ++i) {
    const auto next = interpreter.successors(found.at.back());
    REQUIRE(next.size() == 1);  // one actor without a choice
    found.taken.push_back(next[0]);
    found.at.push_back(next[0].next);
  }
  const Calls calls = calls_of(*model, layout, found);
  std::vector<std::string> all;
  for (std::size_t i = 0; i < calls.all.size(); ++i) all.push_back(text_of(*model, calls, i));
  // Steps: marked, n = 2, n = k, n = 0, kexec, and marked in the new kernel. outer and inner are
  // entered before the first step; a kexec ends whoever is in a call and enters them anew.
  CHECK(all == std::vector<std::string>{"outer pf0 3 1..3 in -1", "inner vf0 1..2 in 0",
                                        "marked vf0 1..1 in 1", "leaves 3..5 in -1",
                                        "outer pf0 3 6..0 in -1", "inner vf0 6..0 in 4",
                                        "marked vf0 6..6 in 5"});
  CHECK(calls.of_step == std::vector<int>{2, 1, 0, 3, 3, 6});
  CHECK(calls.outermost(2) == 0);
  CHECK(calls.within(2, 0));
  CHECK_FALSE(calls.within(3, 0));
}

}  // namespace luproof::checker

// SPDX-License-Identifier: GPL-2.0-or-later
// The small files beside a capture: statistics and probe definitions; and moments of the captures.
#include <catch2/catch.hpp>

#include "traces/keep.h"
#include "traces/probe_file.h"
#include "traces/stats_file.h"

namespace luproof::traces {
namespace {

std::optional<std::vector<CpuStats>> stats(const std::string& text, std::string& errors) {
  model::Diagnostics diagnostics;
  auto read = read_stats(model::Source::make("stats", text), diagnostics);
  errors = diagnostics.render();
  return read;
}

}  // namespace

TEST_CASE("dropped and overwritten events are counted for each CPU", "[traces][stats]") {
  std::string errors;
  const auto read = stats(
      "== /sys/kernel/tracing/per_cpu/cpu3/stats\nentries: 7\noverrun: 2\ncommit overrun: 1\n"
      "dropped events: 40\nentries: 9\noverrun: 0\ndropped events: 0\n",
      errors);
  REQUIRE(read);
  REQUIRE(read->size() == 2);
  CHECK((*read)[0].cpu == 3);
  CHECK((*read)[0].missing() == 43);
  CHECK((*read)[1].cpu == -1);  // no name stands before it
  CHECK((*read)[1].missing() == 0);
}

TEST_CASE("statistics that are none, or no numbers, are errors", "[traces][stats]") {
  std::string errors;
  CHECK_FALSE(stats("nothing of the kind\n", errors));
  CHECK(errors.find("no per-CPU statistics") != std::string::npos);
  CHECK_FALSE(stats("entries: 7\noverrun: many\n", errors));
  CHECK(errors.find("stats:2") != std::string::npos);
  CHECK_FALSE(stats("overrun: 3\n", errors));
}

TEST_CASE("probe definitions name functions, return probes and comments do not",
          "[traces][probes]") {
  std::map<std::string, std::string, std::less<>> names;
  std::set<std::string, std::less<>> functions, traced;
  model::Diagnostics diagnostics;
  const auto source = model::Source::make(
      "probes",
      "# made by hand\np:pci/a pci_set_master+0x4 dev=dev\nf:b nvme:nvme_reset\n"
      "r10:pci/c pcie_flr ret=$retval\nf:pci/d pcie_flr%return\n");
  read_probes(*source, names, functions, traced, diagnostics);
  CHECK(diagnostics.ok());
  CHECK(names.size() == 2);
  CHECK(names["a"] == "pci_set_master");
  CHECK(names["b"] == "nvme_reset");
  CHECK(functions.count("pcie_flr") == 0);
  CHECK(traced.empty());
  const auto filter = model::Source::make("set_ftrace_filter", "pci_iov_init\nigb_probe [igb]\n");
  read_probes(*filter, names, functions, traced, diagnostics);
  CHECK(traced == std::set<std::string, std::less<>>{"igb_probe", "pci_iov_init"});
  read_probes(*model::Source::make("none", "two words\n"), names, functions, traced, diagnostics);
  CHECK_FALSE(diagnostics.ok());
}

TEST_CASE("a moment is a place, a mark, a time or a step", "[traces][keep]") {
  model::Diagnostics diagnostics;
  CHECK(read_moment("line:12", "--x", diagnostics)->line == 12);
  CHECK(read_moment("marker:a: b", "--x", diagnostics)->text == "a: b");
  CHECK(read_moment("time:57.95", "--x", diagnostics)->time_ns == 57'950'000'000);
  CHECK(read_moment("kexec", "--x", diagnostics)->kind == Moment::Kind::Kexec);
  CHECK(diagnostics.ok());
  const std::string wrong = GENERATE("", "line:", "line:0", "line:-1", "line:99999999999999999999",
                                     "marker:", "time:x", "time:1.0000000001", "start:1", "later");
  CAPTURE(wrong);
  CHECK_FALSE(read_moment(wrong, "--x", diagnostics));
  CHECK(diagnostics.errors() == 1);
}

}  // namespace luproof::traces

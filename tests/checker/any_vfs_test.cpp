// SPDX-License-Identifier: GPL-2.0-or-later
// Shipped designs with any number of VFs.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "checker/check.h"
#include "tests/checker/spec_text.h"

using namespace luproof;
using namespace luproof::checker;

namespace {

struct Shipped {
  std::string path;
  model::LoadOptions load;
};

Shipped shipped(const std::string& name, const std::string& variant) {
  Shipped s;
  s.path = std::string(LUPROOF_SOURCE_SPECS) + "/" + name;
  s.load.specs = LUPROOF_SOURCE_SPECS;
  s.load.variant = variant;
  return s;
}

AnyVfs any(const Shipped& s) { return any_number_of_vfs(s.path, s.load, {}, Limits{}); }

std::map<std::string, Verdict> verdicts(Shipped s, int vfs) {
  s.load.vfs.count = vfs;
  model::Diagnostics diagnostics;
  CheckOptions options;
  options.engine = Engine::Explorer;
  options.needs = false;
  const auto checked = check(s.path, s.load, {s.load.variant, {}}, options, Limits{}, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(checked);
  CHECK(checked->broken.empty());
  std::map<std::string, Verdict> found;
  for (const Finding& f : checked->findings) found[f.property] = f.verdict;
  return found;
}

// A port loses its mastering where `condition` is true. On one bus 64 VFs fit, on two 192; VF i is
// at 0x180 + 2 i.
AnyVfs of_numbers(const std::string& condition, int last_bus) {
  const bool counts = condition.find("count_all") != std::string::npos;
  const SpecFile file(fmt::format(R"y(design: numbers
topology:
  rp: {{kind: port, bdf: "0000:00:1c.0", secondary: 1, subordinate: {}}}
  pf0: {{kind: pf, under: rp, bdf: "0000:01:00.0", first_vf_offset: 128, vf_stride: 2, total_vfs: 1}}
  vf0: {{kind: vf, of: pf0, index: 0}}
state:
  kernel: {{level: int 0..300 = 10}}
  hardware: {{function.bus_master: bool = true}}
{}events:
  look(): {{when: rp.bus_master, do: "rp.bus_master = not ({})"}}
properties:
  mastering: {{never: not rp.bus_master}}
)y",
                                  last_bus, counts ? "define:\n  count_all(): vf.count()\n" : "",
                                  condition));
  Shipped s;
  s.path = file.path;
  return any(s);
}

}  // namespace

TEST_CASE("any VFs: the slides hold for as many as the addresses after an update allow",
          "[checker]") {
  const AnyVfs found = any(shipped("designs/idpf-lpc2025.yaml", "slides"));
  CHECK(found.why_not == "");
  // All that must never happen; of what has to happen views say nothing.
  model::Diagnostics diagnostics;
  const Shipped slides = shipped("designs/idpf-lpc2025.yaml", "slides");
  const auto model = model::load(slides.path, slides.load, diagnostics);
  REQUIRE(model);
  int waits = 0;
  for (std::size_t p = 0; p < model->properties.size(); ++p) {
    const bool never = model->properties[p].kind == model::PropertyKind::Safety;
    waits += !never;
    INFO(model->properties[p].name);
    CHECK(found.shows(static_cast<int>(p)) == never);
  }
  CHECK(waits > 0);
  CHECK(found.from == 2);
  // PF 0000:01:00.0, First VF Offset 8 plus NumVFs, stride 1, last bus 01: VF n - 1 of n is at
  // 0x100 + 8 + n + (n - 1), which has to be below 0x200, so n is at most 124.
  CHECK(found.most == 124);
}

TEST_CASE("any VFs: what is shown for any number is true for those that can be counted out",
          "[checker]") {
  for (const auto& [name, variant] : {std::pair("designs/idpf-lpc2025.yaml", "slides"),
                                      std::pair("designs/vfio-rfc-v1.yaml", "root-bus"),
                                      std::pair("designs/virtual-net.yaml", "software-only")}) {
    INFO(name << " " << variant);
    const Shipped s = shipped(name, variant);
    const AnyVfs found = any(s);
    REQUIRE(found.why_not == "");
    model::Diagnostics diagnostics;
    const auto model = model::load(s.path, s.load, diagnostics);
    REQUIRE(model);
    for (const int vfs : {4, 6})
      for (const auto& [property, verdict] : verdicts(s, vfs))
        for (std::size_t p = 0; p < model->properties.size(); ++p)
          if (model->properties[p].name == property && found.shows(static_cast<int>(p))) {
            INFO(property << " with " << vfs);
            CHECK(verdict != Verdict::Violated);
          }
  }
}

TEST_CASE("any VFs: a violated property is never shown, and the number that breaks it is named",
          "[checker]") {
  const Shipped s = shipped("designs/idpf-lpc2025.yaml", "today");
  const AnyVfs found = any(s);
  model::Diagnostics diagnostics;
  const auto model = model::load(s.path, s.load, diagnostics);
  REQUIRE(model);
  for (const auto& [property, verdict] : verdicts(s, 3))
    for (std::size_t p = 0; p < model->properties.size(); ++p)
      if (model->properties[p].name == property && verdict == Verdict::Violated) {
        INFO(property);
        CHECK_FALSE(found.shows(static_cast<int>(p)));
      }
}

TEST_CASE("any VFs: no number between those that are looked at is passed over", "[checker]") {
  struct Case {
    const char* condition;
    int first;  // number of VFs with which it is true
    int last_bus = 1;
  };
  for (const Case& c :
       {Case{"vf.count() > 40", 41},
        Case{"vf.count() == 17", 17},
        Case{"vf.count() > 20 and vf.count() < 30", 21},
        Case{"pf0.vfs.count() == 33", 33},
        Case{"count_all() == 17", 17},
        Case{"vf.count(v, v.bus_master) == 5", 5},
        Case{"vf.count(v, v.bus_master) >= level", 10},
        Case{"pf0.total_vfs == 17", 17},
        Case{"pf0.total_vfs in [9, 17]", 9},
        Case{"vf.exists(v, v.index == 16)", 17},
        Case{"vf.exists(v, v.index == level)", 11},
        Case{"vf.exists(v, min(v.index, 40) == 33)", 34},
        Case{"vf.exists(v, v.index > 20 and v.index < 25)", 22},
        Case{"vf.exists(v, vf.exists(w, v.index == w.index + 30))", 31},
        Case{"vf.exists(v, vf.exists(w, v.index > 50 and w.index == v.index + 1))", 53},
        Case{"vf.exists(v, v.index == pf0.total_vfs - 17 and v.index > 9)", 27},
        Case{"vf.exists(v, v.rid == 400)", 9},
        Case{"vf.exists(v, v.rid - pf0.rid == 160)", 17},
        Case{"vf.exists(v, v.devfn == 160)", 17},
        Case{"vf.exists(v, v.devfn == 4)", 67, 2},
        Case{"vf.exists(v, v.bus == 2 and v.devfn == 100)", 115, 2}}) {
    INFO(c.condition);
    const AnyVfs found = of_numbers(c.condition, c.last_bus);
    INFO(found.why_not << " most " << found.most);
    const bool claimed = found.why_not.empty() && found.shows(0);
    CHECK((!claimed || found.most < c.first));
  }
  for (const char* never :
       {"vf.exists(v, v.index > 300)", "pf0.total_vfs == 0", "vf.count() < 1"}) {
    INFO(never);
    const AnyVfs found = of_numbers(never, 1);
    CHECK(found.why_not == "");
    CHECK(found.shows(0));
    CHECK(found.most == 64);
  }
}

TEST_CASE("more VFs: copies of the last one, as many as fit", "[model]") {
  const Shipped s = shipped("designs/idpf-lpc2025.yaml", "slides");
  model::LoadOptions load = s.load;
  load.vfs = {200, {2, 150, 199}};
  model::Diagnostics diagnostics;
  const auto model = model::load(s.path, load, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(model);
  const auto& functions = model->topology.functions;
  const int last = model->topology.find("vf199");
  REQUIRE(last >= 0);
  CHECK(functions[last].bdf.rid() == 0x100 + 8 + 199);
  CHECK(model->topology.vfs(functions[last].pf).size() == 5);
  CHECK(functions[functions[last].pf].value("num_vfs") == 200);
  CHECK(functions[functions[last].pf].value("total_vfs") == 200);
  // 0x200 is on bus 2, to which nothing leads: VF 247 is the last.
  load.vfs = {249, {}};
  CHECK_FALSE(model::load(s.path, load, diagnostics));
  CHECK(diagnostics.render().find("248 do") != std::string::npos);
  const auto refused = [&](const std::string& name, const model::MoreVfs& vfs) {
    Shipped other = shipped(name, "");
    other.load.vfs = vfs;
    model::Diagnostics errors;
    CHECK_FALSE(model::load(other.path, other.load, errors));
    return errors.render();
  };
  const std::string slides = "designs/idpf-lpc2025.yaml";
  CHECK(refused(slides, {1, {}}).find("has 2 VFs and cannot be given 1") != std::string::npos);
  CHECK(refused(slides, {5, {5}}).find("VF 5 of 'pf0' is no copy") != std::string::npos);
  CHECK(refused("designs/luo-v4.yaml", {5, {}}).find("no VF that could be copied") !=
        std::string::npos);
}

// SPDX-License-Identifier: GPL-2.0-or-later
// What is recorded, for whom, and how it is written down.
#include "traces/probes/plan.h"

#include <catch2/catch.hpp>
#include <set>

#include "tests/traces/btf_blob.h"
#include "tests/traces/validate.h"
#include "traces/binding.h"
#include "traces/probes/fetch.h"
#include "traces/probes/words.h"

namespace luproof::traces {
namespace {

using test::BtfBlob;
using test::Temporary;

constexpr std::size_t kLimit = std::size_t{1} << 20;

std::optional<Btf> read_btf(const std::string& blob, std::string* problem = nullptr) {
  model::Diagnostics diagnostics;
  auto btf = Btf::read(model::Source::make("btf", blob), diagnostics);
  if (problem != nullptr) *problem = diagnostics.render();
  CHECK(btf.has_value() == diagnostics.ok());
  return btf;
}

struct Planned {
  std::optional<Plan> plan;
  std::string errors;

  const Plan* operator->() const {
    INFO(errors);
    REQUIRE(plan.has_value());
    return &*plan;
  }
  const Plan::Probe* probe(const std::string& event) const {
    for (const Plan::Probe& each : (*this)->probes)
      if (each.event == event) return &each;
    return nullptr;
  }
  const Plan::Missing* missing(const std::string& function) const {
    for (const Plan::Missing& each : (*this)->missing)
      if (each.function == function) return &each;
    return nullptr;
  }
};

Planned plan(ProbeOptions options) {
  options.specs = LUPROOF_SOURCE_SPECS;
  model::Diagnostics diagnostics;
  Planned planned;
  planned.plan = make_plan(options, diagnostics);
  planned.errors = diagnostics.render();
  CHECK(planned.plan.has_value() == diagnostics.ok());
  return planned;
}

bool contains(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

std::string record_errors(const std::string& entry) {
  model::Diagnostics diagnostics;
  read_binding(model::Source::make("b.yaml",
                                   "bindings: t\nmodel: properties\nexistence: exists\n"
                                   "lines: []\nrecord:\n  - " +
                                       entry + "\n"),
               diagnostics);
  return diagnostics.render();
}

}  // namespace

TEST_CASE("every function that a shipped binding has lines of is recorded", "[traces][probes]") {
  for (const char* name : {"pci", "pci-5"}) {
    model::Diagnostics diagnostics;
    const auto source = model::read_source(
        std::string(LUPROOF_SOURCE_SPECS) + "/bindings/" + name + ".yaml", kLimit, diagnostics);
    REQUIRE(source);
    const auto binding = read_binding(source, diagnostics);
    INFO(diagnostics.render());
    REQUIRE(binding);
    std::set<std::string, std::less<>> recorded;
    for (const Recorded& what : binding->record) recorded.insert(what.function);
    for (const auto& [symbol, meanings] : binding->by_symbol) {
      INFO(name << ": " << symbol);
      CHECK(recorded.count(symbol) == 1);
      // What a line's meaning looks at has to be printed.
      for (const int index : meanings)
        for (const Meaning::Parameter& parameter : binding->meanings[index].parameters)
          for (const Recorded& what : binding->record)
            if (what.function == symbol && !what.early)
              CHECK(std::any_of(what.prints.begin(), what.prints.end(),
                                [&](const auto& p) { return p.first == parameter.argument; }));
    }
  }
}

TEST_CASE("an entry of record is read strictly", "[traces][probes]") {
  CHECK(record_errors("{function: pcie_flr, prints: {dev: \"dev->dev.kobj.name:string\"}}") == "");
  CHECK(contains(record_errors("{function: pcie_flr, print: {}}"), "did you mean 'prints'"));
  CHECK(contains(record_errors("{prints: {}}"), "'' is no function of C"));
  CHECK(contains(record_errors("{function: \"a;reboot\"}"), "no function of C"));
  CHECK(contains(record_errors("{function: \"a b\"}"), "no function of C"));
  CHECK(contains(record_errors("{function: f, prints: {\"a b\": x}}"), "is no name"));
  // Whatever could end a word of a script, of a command line or of a bootconfig.
  for (const std::string bad : {"'$(reboot)'", "\"a'b\"", "\"a b\"", "\"a;b\"", "\"a,b\"",
                                "\"a\\\"b\"", "\"a\\nb\"", "\"a`b\"", "\"\""})
    if (bad != "'$(reboot)'")  // only characters of the kernel's own syntax
      CHECK(contains(record_errors("{function: f, prints: {x: " + bad + "}}"),
                     "is no argument of a probe"));
  CHECK(contains(record_errors("{function: f, fires: {vfs: 1}}"), "unknown kind 'vfs'"));
  CHECK(contains(record_errors("{function: f, fires: {vf: -1}}"), "a number up to"));
  CHECK(contains(record_errors("{function: f, judges: vf-exists}"), "no property of 'needs:'"));
  CHECK(contains(record_errors("{function: f, early: yes, returns: $retval}"),
                 "the function tracer prints no arguments"));
  CHECK(contains(record_errors("{function: f}\n  - {function: f}"), "f is recorded already"));
}

TEST_CASE("arguments are written with the offsets of the kernel", "[traces][probes]") {
  const auto btf = read_btf(test::small_kernel().blob());
  REQUIRE(btf);
  const auto offsets = [&](const std::string& function, const std::string& expression) {
    const Fetched fetched = fetch(*btf, function, expression);
    return fetched.problem.empty() ? fetched.offsets : "! " + fetched.problem;
  };
  // 1600 bits of the anonymous structure and 64 inside of it: byte 208. A name is a pointer, which
  // the kernel reads before it reads the text.
  CHECK(offsets("pci_set_master", "dev->dev.kobj.name:string") == "+0(+208($arg1)):string");
  CHECK(offsets("pci_set_master", "dev->dev.kobj.state:x32") == "+216($arg1):x32");
  CHECK(offsets("pci_set_master", "dev->label:string") == "+224($arg1):string");  // an array
  CHECK(offsets("pci_write_config_word", "where:x32") == "$arg2:x32");
  CHECK(offsets("luo_session_create", "name:string") == "+0($arg1):string");
  CHECK(offsets("pci_set_master", "$arg1:x64") == "$arg1:x64");
  CHECK(offsets("pci_set_master", "dev->dev.kobj.nam:string") ==
        "! there is no field 'nam' in this kernel, the nearest is 'name'");
  CHECK(offsets("pci_set_master", "pdev->bus:u32") ==
        "! pci_set_master has no argument 'pdev' in this kernel: dev");
  CHECK(offsets("kernel_kexec", "dev:x64") ==
        "! kernel_kexec has no argument 'dev' in this kernel: it has none");
  CHECK(offsets("pci_write_config_word", "where->x:u8") ==
        "! what stands before '->x' is no pointer");
  CHECK(offsets("pci_write_config_word", "where.x:u8") ==
        "! '.x' is taken from a pointer or a number");
  CHECK(offsets("pci_write_config_word", "where:string") ==
        "! a text is printed from a pointer or an array of characters");
  CHECK(offsets("pci_write_config_word", "dev->bus[3]:u8") ==
        "! only fields can be taken from an argument");
  CHECK(offsets("nothing", "a:u8") == "! the kernel's BTF has no function nothing");
}

TEST_CASE("damaged BTF is refused, wherever it is damaged", "[traces][probes]") {
  const std::string whole = test::small_kernel().blob();
  std::string problem;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    read_btf(whole.substr(0, size), &problem);
    CHECK(contains(problem, "error"));
  }
  std::string other = whole;
  std::swap(other[0], other[1]);
  read_btf(other, &problem);
  CHECK(contains(problem, "the other byte order"));
  read_btf(
      "\x7f"
      "ELF is not all that an ELF file has, whatever it says of itself and its parts",
      &problem);
  CHECK(contains(problem, "no section .BTF"));
  // Any byte may be wrong: nothing but an answer or an error comes of it.
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const unsigned char value : {0x00, 0x7f, 0xff}) {
      std::string bad = whole;
      bad[at] = static_cast<char>(value);
      if (const auto btf = read_btf(bad)) {
        fetch(*btf, "pci_set_master", "dev->dev.kobj.name:string");
        fetch(*btf, "pci_write_config_word", "dev->label:string");
      }
    }
}

TEST_CASE("types that are made of themselves end", "[traces][probes]") {
  BtfBlob btf;
  btf.typedefed("a", 2);
  btf.typedefed("b", 1);
  const auto inside = btf.structure("s", {{"", 3, 0}});  // contains itself
  CHECK(inside == 3);
  btf.function("f", {{"x", 1}, {"y", btf.pointer(3)}});
  const auto read = read_btf(btf.blob());
  REQUIRE(read);
  CHECK(fetch(*read, "f", "x->z:u8").problem != "");
  CHECK(fetch(*read, "f", "y->z:u8").problem != "");
}

TEST_CASE("the BTF of the running kernel is read", "[traces][probes]") {
  model::Diagnostics diagnostics;
  const std::string path = "/sys/kernel/btf/vmlinux";
  if (!std::filesystem::exists(path)) {
    WARN("no " << path << " here: not tested with a real kernel");
    return;
  }
  const auto source = model::read_source(path, std::size_t{64} << 20, diagnostics);
  REQUIRE(source);
  const auto btf = Btf::read(source, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(btf);
  // Of every kernel with modules and files.
  CHECK(btf->has_function("vfs_read"));
  const Fetched fetched = fetch(*btf, "vfs_read", "file->f_inode->i_sb->s_type->name:string");
  CHECK(fetched.problem == "");
  CHECK(fetched.offsets.ends_with("($arg1))))):string"));
}

TEST_CASE("a kernel that cannot look up names needs its BTF", "[traces][probes]") {
  ProbeOptions options;
  options.kernel = "6.1.0-56-amd64";
  CHECK(contains(plan(options).errors, "Linux 6.1 cannot look up arguments"));
  const Temporary btf(test::small_kernel().blob());
  options.btf = btf.path();
  const Planned planned = plan(options);
  REQUIRE(planned.probe("pci_set_master"));
  CHECK(planned.probe("pci_set_master")->arguments == "dev=+0(+208($arg1)):string");
  CHECK(planned.probe("kernel_kexec")->arguments == "");
  // This kernel has no pcie_flr; a property that needs it can then not be shown to hold.
  CHECK(planned.probe("pcie_flr") == nullptr);
  REQUIRE(planned.missing("pcie_flr"));
  CHECK(planned.missing("pcie_flr")->needed);
  CHECK(contains(tracefs_script(*planned.plan), "# Never judged to hold: vf-reset (without "));
}

TEST_CASE("functions that the compiler has inlined are left out, and that is said",
          "[traces][probes]") {
  std::string list =
      "pci_device_shutdown\npci_clear_master\npci_iov_init.isra.0\nigb_probe [igb]\n";
  const Temporary functions(list);
  ProbeOptions options;
  options.functions = functions.path();
  const Planned planned = plan(options);
  CHECK(planned.probe("pci_clear_master"));
  CHECK(planned.missing("pcie_flr")->why ==
        "it cannot be traced in this kernel: inlined, or not built in");
  CHECK(planned.missing("pci_iov_init")->why ==
        "the compiler made pci_iov_init.isra.0 of it, with other arguments");
  CHECK(planned->early.empty());
  const Temporary empty("this is no list\n");
  options.functions = empty.path();
  CHECK(contains(plan(options).errors, "is no list of the functions of a kernel"));
}

TEST_CASE("a production host gets events only, few of them, and is told what that costs",
          "[traces][probes]") {
  ProbeOptions options;
  options.low = true;
  options.topology = test::captured("topology/igb4.lspci.zst");
  const Planned low = plan(options);
  CHECK(low->early.empty());
  CHECK(low.missing("pci_iov_init")->events == std::vector<std::string>{"vf_enable_clear"});
  CHECK(low.probe("__pci_set_master") == nullptr);
  // COMMAND, and control and NumVFs of the SR-IOV capability, which igb has at 0x160.
  const std::string filter = low.probe("pci_write_config_word")->filter;
  CHECK(contains(filter, "where == 0x4"));
  CHECK(contains(filter, "where == 0x168"));
  CHECK(contains(filter, "where == 0x170"));
  CHECK(low.probe("pcie_reset_flr")->filter == "probe == 0x0");
  CHECK(low.probe("pci_set_master")->filter == "");
  options.low = false;
  const Planned full = plan(options);
  CHECK(full.probe("pci_write_config_word")->filter == "");
  CHECK(full->early == std::vector<std::string>{"pci_iov_init"});
  CHECK(low->total > 0);
  CHECK(low->total < full->total);
  // Without the topology it is not known where a control register lies: all words are recorded.
  options.low = true;
  options.topology.clear();
  const Planned blind = plan(options);
  CHECK(blind.probe("pci_write_config_word")->filter == "");
  CHECK(blind->total == -1);
}

TEST_CASE("a design adds its own functions, with their returns", "[traces][probes]") {
  ProbeOptions options;
  CHECK(plan(options).probe("luo_session_create") == nullptr);
  options.design = "luo-sessions-7.3";
  const Planned planned = plan(options);
  REQUIRE(planned.probe("luo_session_create"));
  CHECK(planned.probe("luo_session_create")->arguments == "name=name:string");
  REQUIRE(planned.probe("luo_session_create_ret"));
  CHECK(planned.probe("luo_session_create_ret")->at_return);
  options.design = "no-such-design";
  CHECK(contains(plan(options).errors, "no-such-design"));
}

TEST_CASE("text of a binding cannot leave its place in a script", "[traces][probes]") {
  CHECK(shell_word("plain-1.2/x=y") == "plain-1.2/x=y");
  CHECK(shell_word("a b") == "'a b'");
  CHECK(shell_word("a'; reboot; '") == "'a'\\''; reboot; '\\'''");
  CHECK(shell_word("") == "''");
  CHECK(comment("one\ntwo\rthree\x1b[0m") == "# one\\x0atwo\\x0dthree\\x1b[0m\n");
  // A line that is too long for a kernel is said, not cut.
  Plan long_plan;
  for (int i = 0; i < 100; ++i)
    long_plan.probes.push_back(
        {"f" + std::to_string(i), "f", "dev=+0(+208($arg1)):string", false, ""});
  model::Diagnostics diagnostics;
  CHECK(print_plan(long_plan, Form::CommandLine, diagnostics) == "");
  CHECK(contains(diagnostics.render(), "a kernel takes 2047"));
}

}  // namespace luproof::traces

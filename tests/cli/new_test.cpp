// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof new`: what is written can be checked as it stands, and nothing is written over.
#include "tests/cli/command.h"

namespace luproof {
namespace {

using command::Folder;
using command::Ran;
namespace fs = std::filesystem;

bool written(const Folder& folder, const std::string& file) {
  return fs::exists(fs::path(folder.path()) / file);
}

std::string read(const Folder& folder, const std::string& file) {
  return Folder::read(fs::path(folder.path()) / file);
}

// As it stands, it meets its expectations and lint finds nothing.
void clean(const Folder& folder, const std::string& files) {
  const Ran tested = folder.run("test " + files);
  INFO(tested.out << tested.err);
  CHECK(tested.status == 0);
  const Ran linted = folder.run("lint " + files);
  INFO(linted.out << linted.err);
  CHECK(linted.status == 0);
}

}  // namespace

TEST_CASE("a new design, case and rule are clean as they stand", "[cli]") {
  const Folder folder;
  const Ran design = folder.run("new design my-nic");
  INFO(design.err);
  CHECK(design.status == 0);
  CHECK(design.out ==
        "my-nic.yaml\ntry: luproof test my-nic.yaml\n"
        "     luproof check my-nic.yaml  (1: as-posted is violated, which is what `expect:` says)\n"
        "yours to write: about, cite, status, not-modelled, and then the rest\n");
  clean(folder, "my-nic.yaml");
  const Ran checked = folder.run("check my-nic.yaml");
  CHECK(checked.status == 1);
  CHECK(checked.out.find("not modelled: (nobody has written yet what this design leaves out)") !=
        std::string::npos);
  CHECK(folder.run("check my-nic.yaml --each-patch").status == 0);
  // The example does not stand in the way of what a verdict can say of more VFs.
  CHECK(checked.out.find("holds    vf-dma-continues  all depths, this topology with any number of "
                         "VFs (1 to 64)") != std::string::npos);
  CHECK(read(folder, "my-nic.yaml").find("\ndesign: my-nic\n") != std::string::npos);

  const Ran bug = folder.run("new case my-bug --cite pci-v9");
  CHECK(bug.status == 0);
  CHECK(bug.out.find("luproof check my-bug.yaml  (1: before is violated") != std::string::npos);
  CHECK(folder.run("check my-bug.yaml").status == 1);
  clean(folder, "my-bug.yaml");
  CHECK(read(folder, "my-bug.yaml").find("\ncite: pci-v9  #") != std::string::npos);

  // A pack comes with the case that would notice if its rules were gone.
  CHECK(folder.run("new rule my-rule").out ==
        "my-rule.yaml\ncheck-my-rule.yaml\ntry: luproof test my-rule.yaml check-my-rule.yaml\n"
        "yours to write: about, cite, status, and then the rest\n");
  clean(folder, "my-rule.yaml check-my-rule.yaml");
  const Ran gone = folder.run(
      "test my-rule.yaml check-my-rule.yaml --removal --rule "
      "my-rule.my_rule_begins");
  CHECK(gone.status == 0);
}

TEST_CASE("a new binding can be read", "[cli]") {
  const Folder folder;
  CHECK(folder.run("new binding my-nic").status == 0);
  const Ran probes = folder.run("probes --binding my-nic.yaml");
  INFO(probes.err);
  CHECK(probes.status == 0);
  CHECK(probes.out.find("my_nic_reset") != std::string::npos);
}

TEST_CASE("an editor finds the schema from where the new file is", "[cli]") {
  const Folder folder;
  fs::create_directories(fs::path(folder.path()) / "tree");
  fs::copy(LUPROOF_SOURCE_SPECS, fs::path(folder.path()) / "tree/specs",
           fs::copy_options::recursive);
  const std::string begins = "# yaml-language-server: $schema=";
  const auto first_line = [&](const std::string& file) {
    const std::string text = read(folder, file);
    return text.substr(0, text.find('\n'));
  };
  CHECK(folder.run("new design a --specs tree/specs -o tree/specs/designs/a.yaml").status == 0);
  CHECK(first_line("tree/specs/designs/a.yaml") == begins + "../spec.schema.json");
  CHECK(folder.run("new binding b --specs tree/specs -o tree/b.yaml").status == 0);
  CHECK(first_line("tree/b.yaml") == begins + "specs/bindings/binding.schema.json");
  // Not in the same tree: where it is.
  CHECK(folder.run("new design c --specs tree/specs").status == 0);
  CHECK(first_line("c.yaml") ==
        begins + fs::canonical(fs::path(folder.path()) / "tree/specs/spec.schema.json").string());
}

TEST_CASE("new writes over nothing", "[cli]") {
  const Folder folder;
  folder.write("mine.yaml", "mine\n");
  const Ran again = folder.run("new design other -o mine.yaml");
  CHECK(again.status == 2);
  CHECK(again.err.find("'mine.yaml' exists") != std::string::npos);
  CHECK(read(folder, "mine.yaml") == "mine\n");
  // Nor half of a pair, nor through a link.
  folder.write("check-pair.yaml", "mine\n");
  CHECK(folder.run("new rule pair").status == 2);
  CHECK(!written(folder, "pair.yaml"));
  fs::create_symlink("nowhere.yaml", fs::path(folder.path()) / "link.yaml");
  CHECK(folder.run("new design other -o link.yaml").status == 2);
  CHECK(!written(folder, "nowhere.yaml"));
}

TEST_CASE("new refuses names that a spec cannot have, and places where it cannot write", "[cli]") {
  const Folder folder;
  CHECK(folder.run("new design '../x'").status == 2);
  CHECK(folder.run("new design 'a b'").status == 2);
  CHECK(folder.run("new design 7up").status == 2);
  CHECK(folder.run("new design ok --cite 'x: y'").status == 2);
  CHECK(folder.run("new poem ok").status == 2);
  const Ran known = folder.run("new design vfio-v5");
  CHECK(known.status == 2);
  CHECK(known.err.find("there is a 'vfio-v5' already") != std::string::npos);
  const Ran nowhere = folder.run("new design ok -o nowhere/ok.yaml");
  CHECK(nowhere.status == 2);
  CHECK(nowhere.err.find("cannot write nowhere/ok.yaml") != std::string::npos);
}

}  // namespace luproof

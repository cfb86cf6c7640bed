// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof drift` on a made-up tree (tests/kernel/tree): what is told, and what is no drift.
#include <nlohmann/json.hpp>

#include "tests/cli/command.h"

namespace luproof {
namespace {

using command::Folder;
using command::Ran;
namespace fs = std::filesystem;

// The tree and its specs, copied so that they can be changed; fingerprints of it as it stands.
class Kernel {
 public:
  Kernel() {
    for (const char* what : {"tree", "specs"})
      fs::copy(fs::path(LUPROOF_TEST_DIR) / "kernel" / what, fs::path(folder.path()) / what,
               fs::copy_options::recursive);
    const Ran ran = folder.run("drift tree --record --specs specs");
    INFO(ran.err);
    REQUIRE(ran.status == 0);
    recorded = ran.out;
  }
  Ran drift(const std::string& more = "") const {
    return folder.run("drift tree --specs specs " + more);
  }
  std::string read(const std::string& file) const {
    return Folder::read(fs::path(folder.path()) / file);
  }
  void replace(const std::string& file, const std::string& what, const std::string& with) const {
    std::string text = read(file);
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    folder.write(file, text.replace(at, what.size(), with));
  }
  void remove(const std::string& file) const { fs::remove(fs::path(folder.path()) / file); }

  Folder folder;
  std::string recorded;
};

const char* const kIov = "tree/drivers/pci/iov.c";
const char* const kPci = "tree/drivers/pci/pci.c";

std::string golden(const std::string& name) {
  return Folder::read(fs::path(LUPROOF_TEST_DIR) / "kernel/golden" / name);
}

}  // namespace

TEST_CASE("what rules speak of is recorded once, with what is not there", "[kernel]") {
  const Kernel kernel;
  CHECK(kernel.recorded == golden("record.txt"));
  // Two definitions under #ifdef are one function; the stub in the header is not recorded.
  const std::string text = kernel.read("specs/fingerprints/linux-9.1.2.yaml");
  CHECK(text.find("sriov_enable, file: \"drivers/pci/iov.c\"") != std::string::npos);
  CHECK(text.find("pci_clear_master, file: \"drivers/pci/pci.c\"") != std::string::npos);
  CHECK(text.find("pci_clear_master, file: \"include/linux/pci.h\"") == std::string::npos);
  CHECK(text.find("firmware_acts") == std::string::npos);  // symbol: no
}

TEST_CASE("the tree that was recorded has not drifted, whatever its comments say", "[kernel]") {
  const Kernel kernel;
  const std::string clean =
      "linux-9.1.2 against Linux 9.1.2\n6 functions compared, all as recorded\n";
  CHECK(kernel.drift().out == clean);
  kernel.replace(kIov, "\tu16 ctrl;\n",
                 "\t/* What a PF\n\t * says { */\n\n\tu16\n\t  ctrl; // }\n");
  kernel.replace(kPci, "EXPORT_SYMBOL(", "EXPORT_SYMBOL_GPL(");
  const Ran ran = kernel.drift();
  CHECK(ran.out == clean);
  CHECK(ran.status == 0);
}

TEST_CASE("a changed line names its rules and all that rest on them", "[kernel]") {
  const Kernel kernel;
  kernel.replace(kIov, "ssleep(1)", "ssleep(2)");
  const Ran ran = kernel.drift();
  CHECK(ran.status == 1);
  CHECK(ran.out == golden("changed.txt"));
  // A branch that this configuration does not build is a part of the function too.
  kernel.replace(kIov, "return -ENODEV;\n}\n#endif", "return -EINVAL;\n}\n#endif");
  CHECK(kernel.drift().out.find("changed drivers/pci/iov.c:sriov_enable") != std::string::npos);
}

TEST_CASE("moved, renamed, gone and appeared are told apart", "[kernel]") {
  const Kernel kernel;
  const std::string pci = kernel.read(kPci);
  const std::size_t master = pci.find("static void __pci"), clear = pci.find("void pci_clear");
  // __pci_set_master goes to a file of its own, sriov_init gets another name, pci_lock_rescan
  // goes, and the function that the series adds is there.
  kernel.folder.write(kPci, pci.substr(0, master) + pci.substr(clear));
  kernel.folder.write("tree/drivers/pci/master.c", "\n" + pci.substr(master, clear - master));
  for (int i = 0; i < 2; ++i) kernel.replace(kIov, "sriov_init(", "sriov_setup(");
  kernel.replace("tree/include/linux/pci.h", "pci_lock_rescan", "pci_lock_rescan_remove");
  kernel.folder.write("tree/drivers/pci/liveupdate.c", "int pci_lu_adopt(void)\n{\n}\n");
  const Ran ran = kernel.drift();
  CHECK(ran.status == 1);
  CHECK(ran.out == golden("moved.txt"));
  // Elsewhere and not the same.
  kernel.replace("tree/drivers/pci/master.c", "if (enable)", "if (!enable)");
  CHECK(kernel.drift().out.find("moved and changed drivers/pci/pci.c:__pci_set_master to "
                                "drivers/pci/master.c:2\n") != std::string::npos);
}

TEST_CASE("programs read the same", "[kernel]") {
  const Kernel kernel;
  kernel.replace(kIov, "ssleep(1)", "ssleep(2)");
  const Ran ran = kernel.drift("--format json");
  CHECK(ran.status == 1);
  const auto out = nlohmann::json::parse(ran.out);
  CHECK(out.at("command") == "drift");
  CHECK(out.at("compared") == 6);
  REQUIRE(out.at("drifted").size() == 1);
  const auto& one = out.at("drifted")[0];
  CHECK(one.at("fate") == "changed");
  CHECK(one.at("function") == "sriov_init");
  CHECK(one.at("now").at("line") == 5);
  REQUIRE(one.at("rules").size() == 1);
  CHECK(one.at("rules")[0].at("id") == "pci.pci_iov_init");
  CHECK(one.at("rules")[0].at("how") == "sentence");
  CHECK(one.at("used_by") == nlohmann::json{"keeps", "who"});
}

TEST_CASE("a rule without a fingerprint is not said to be as recorded", "[kernel]") {
  const Kernel kernel;
  kernel.replace("specs/rules/pci.yaml", "procedures:\n",
                 "procedures:\n  pci_find_ext_capability(): {code: pass}\n");
  const Ran ran = kernel.drift();
  CHECK(ran.status == 3);
  CHECK(ran.out.find("no fingerprint of pci_find_ext_capability\n") != std::string::npos);
  CHECK(ran.out.find("1 without a fingerprint\n") != std::string::npos);
}

TEST_CASE("nothing outside the tree is read", "[kernel]") {
  const Kernel kernel;
  const std::string iov = kernel.read(kIov);
  kernel.folder.write("outside.c", iov);
  kernel.remove(kIov);
  fs::create_symlink(fs::path(kernel.folder.path()) / "outside.c",
                     fs::path(kernel.folder.path()) / kIov);
  CHECK(kernel.drift().out.find("gone drivers/pci/iov.c:sriov_init\n") != std::string::npos);
  kernel.remove(kIov);
  kernel.folder.write(kIov, iov);
  CHECK(kernel.drift().status == 0);
  kernel.replace("specs/fingerprints/linux-9.1.2.yaml", "drivers/pci/iov.c\"", "../outside.c\"");
  CHECK(kernel.drift().out.find("../outside.c:pci_iov_init to drivers/pci/iov.c") !=
        std::string::npos);
}

TEST_CASE("what is wrong with the input is said with its place", "[kernel]") {
  const Kernel kernel;
  const auto says = [](const Ran& ran, const std::string& text) {
    INFO(ran.err);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    CHECK(ran.err.find(text) != std::string::npos);
  };
  says(kernel.folder.run("drift specs --specs specs"), "'specs' is no Linux source tree");
  says(kernel.folder.run("drift nowhere --specs specs"), "'nowhere' is no Linux source tree");
  says(kernel.drift("--kernel linux-9.2"), "linux-9.2.yaml");
  says(kernel.drift("--kernel ../x"), "'../x' is no name of a kernel");
  const std::string file = "specs/fingerprints/linux-9.1.2.yaml";
  kernel.replace(file, "hash: \"", "hash: \"zz");
  says(kernel.drift(), file + ":5:5: error: a fingerprint has a name, a file and a hash");
  kernel.folder.write(file, "kernel: x\n");
  says(kernel.drift(), "fingerprints have 'kernel:', 'release:' and 'functions:'");
  kernel.folder.write("specs/fingerprints/linux-2.yaml", "kernel: x\n");
  says(kernel.drift(), "say --kernel, one of linux-2, linux-9.1.2");
  kernel.replace("specs/designs/keeps.yaml", "pci.c:__pci_set_master", "pci.c");
  says(kernel.drift("--record"), "specs/designs/keeps.yaml:4:3: error: 'at: drivers/pci/pci.c'");
}

TEST_CASE("a comparison that is stopped claims nothing of what it has not seen", "[kernel]") {
  const Kernel kernel;
  const Ran ran = kernel.drift("--memory 1K");
  CHECK(ran.status == 3);
  CHECK(ran.out ==
        "linux-9.1.2 against Linux 9.1.2\n"
        "0 functions compared; stopped by --memory: 6 not compared, 0 not looked for everywhere\n");
  const Ran json = kernel.drift("--format json --timeout 0.000001");
  CHECK(json.status == 3);
  CHECK(nlohmann::json::parse(json.out).at("stopped") == "--timeout");
}

TEST_CASE("a recording that is stopped writes nothing", "[kernel]") {
  const Kernel kernel;
  const std::string before = kernel.read("specs/fingerprints/linux-9.1.2.yaml");
  kernel.replace(kIov, "ssleep(1);", "ssleep(2);");
  const Ran ran = kernel.drift("--record --memory 1K");
  CHECK(ran.status == 3);
  CHECK(ran.out == "stopped by --memory: nothing was written\n");
  CHECK(kernel.read("specs/fingerprints/linux-9.1.2.yaml") == before);
}

}  // namespace luproof

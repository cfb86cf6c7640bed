// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof trace` as it is run: exit status, one JSON object, and reports that stay as they are.
#include <sys/wait.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/cli/command.h"
#include "tests/cli/schema.h"

namespace {

struct Run {
  int status = -1;
  std::string out;
};

// Runs in the folder of the captures, so that reports name files the same way everywhere.
Run trace(const std::string& arguments, const std::string& error = "/dev/null") {
  const std::string command = "cd '" LUPROOF_TEST_DIR
                              "/captures' && LUPROOF_SPECS='" LUPROOF_SOURCE_SPECS
                              "' '" LUPROOF_BINARY "' trace " +
                              arguments + " 2>" + error;
  Run run;
  FILE* const pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> buffer;
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe))
    run.out.append(buffer.data(), size);
  const int status = pclose(pipe);
  run.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return run;
}

bool contains(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

std::string golden(const std::string& name) {
  std::ifstream file(std::string(LUPROOF_TEST_DIR) + "/cli/golden/" + name, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("the exit status of trace says what the verdict is", "[cli][trace]") {
  const std::string s1 = "s1/igb-kprobe.trace.txt --topology topology/igb4.lspci.zst";
  CHECK(trace(s1).status == 0);
  CHECK(trace(s1 + " --keep 0000:01:10.0").status == 1);
  CHECK(trace("s7lost/overwrite.trace.txt.zst --topology topology/igb4.lspci.zst --keep all")
            .status == 3);
  CHECK(trace("s1/no-such-file").status == 2);
  CHECK(trace(s1 + " --keep everything").status == 2);
  CHECK(trace("s1/igb-kprobe.trace.txt --topology s1/igb-kprobe.trace.txt").status == 2);
  CHECK(trace("").status == 2);
}

TEST_CASE("a verdict as JSON repeats the deciding violation at the top", "[cli][trace]") {
  const Run run = trace(
      "s3/new.bootmap.trace.txt --topology topology/igb4-nvme7.lspci.zst --keep all --format json");
  CHECK(run.status == 1);
  CHECK(run.out.starts_with(
      "{\n  \"command\": \"trace\",\n  \"verdict\": \"violates\",\n"
      "  \"property\": \"vf-dma-continues\",\n  \"function\": \"0000:01:10.6\",\n"
      "  \"file\": \"s3/new.bootmap.trace.txt\",\n  \"line\": 400,\n"));
  CHECK(contains(run.out, "\"event\": \"pci_clear_master(0000:01:10.6)\""));
  CHECK(contains(run.out, "\"events\": 584,"));
  CHECK(contains(run.out, "\"lost\": 0,"));
  CHECK(contains(run.out, "\"trust\": \"certain\""));
  CHECK(run.out.ends_with("}\n"));
}

TEST_CASE("a violation without a line has none in JSON either", "[cli][trace]") {
  const Run run = trace(
      "s3/new.boot.trace.txt --topology topology/igb4-nvme7.lspci.zst --keep all --format json");
  CHECK(contains(run.out, "\"property\": \"vf-exists\""));
  CHECK(contains(run.out, "\"line\": null,\n  \"by_line\": 346,"));
}

TEST_CASE("wrong input leaves nothing on stdout, in JSON too", "[cli][trace]") {
  const Run run = trace("s1/igb-kprobe.trace.txt --keep 0000:01:1f.7 --format json");
  CHECK(run.status == 2);
  CHECK(run.out.empty());
  const Run told = trace("s1/igb-kprobe.trace.txt --claim dna", "&1");
  CHECK(contains(told.out, "did you mean 'dma'"));
}

TEST_CASE("reports of trace are those that were read and found good", "[cli][trace]") {
  const auto [name, arguments] = GENERATE(table<std::string, std::string>({
      {"trace-conforms.txt", "s1/igb-kprobe.trace.txt --topology topology/igb4.lspci.zst"},
      {"trace-violates.txt",
       "s1/igb-kprobe.trace.txt --topology topology/igb4.lspci.zst --keep 0000:01:10.0"},
      {"trace-without-line.txt",
       "s3/new.boot.trace.txt --topology topology/igb4-nvme7.lspci.zst --keep 0000:01:10.2"},
      {"trace-inconclusive.txt",
       "s7lost/pipe.trace_pipe.txt.zst --topology topology/igb4.lspci.zst --keep 0000:01:10.0"},
      {"trace-explained.txt",
       "s6-basic/new.bootmap.trace.txt s6-basic/new.boot.trace.txt.zst --kernel 7.3.4 "
       "--design luo-handlers-7.3"},
      {"trace-unexplained.txt",
       "s6-basic/new.boot.trace.txt.zst --kernel 7.3.4 --design luo-handlers-7.3 --from-start"},
  }));
  CAPTURE(name);
  CHECK(trace(arguments).out == golden(name));
}

TEST_CASE("a line that a limit kept from being read is not said to be none", "[cli][trace]") {
  const luproof::command::Ran ran = luproof::command::Folder().run(
      "trace s6-basic/new.boot.trace.txt.zst --kernel 7.3.4 --explain-line 100000 "
      "--timeout 0.000001",
      LUPROOF_TEST_DIR "/captures");
  INFO(ran.out << ran.err);
  CHECK(ran.status == 3);
  CHECK(ran.out.empty());
  CHECK(ran.err == "luproof: stopped by --timeout: the line was not reached\n");
}

TEST_CASE("one line is explained as text or JSON, in a file if one is named", "[cli][trace]") {
  const luproof::command::Folder folder;
  const std::string line =
      "s1/igb-kprobe.trace.txt --topology topology/igb4.lspci.zst "
      "--explain-line 30";
  const Run shown = trace(line);
  CHECK(shown.status == 0);
  CHECK(contains(shown.out, "pci_"));
  const std::string file = folder.path() + "/line.txt";
  const Run written = trace(line + " -o '" + file + "'");
  CHECK(written.status == 0);
  CHECK(written.out.empty());
  CHECK(luproof::command::Folder::read(file) == shown.out);
  CHECK(nlohmann::json::parse(trace(line + " --format json").out).is_object());
  for (const char* form : {"html", "sarif", "mail", "junit"})
    CHECK(trace(line + " --format " + form).status == 2);
  CHECK(trace(line + " --write-baseline '" + folder.path() + "/known.yaml'").status == 2);
  CHECK(trace(line + " -o '" + folder.path() + "/no/such/folder.txt'").status == 2);
}

TEST_CASE("what a design says of a capture is JSON as its schema says", "[cli][trace]") {
  const luproof::command::Schema schema("trace.schema.json");
  for (const char* more : {"", " --from-start"}) {
    const Run run = trace(std::string("s6-basic/new.boot.trace.txt.zst --kernel 7.3.4 --format "
                                      "json --design luo-handlers-7.3") +
                          more);
    CHECK(schema.problems(nlohmann::json::parse(run.out)) == std::vector<std::string>{});
  }
  CHECK(trace("s1/igb-kprobe.trace.txt --design no-such-design").status == 2);
}

TEST_CASE("to keep from a line that is not there says that, and not that the VF never was",
          "[cli][trace]") {
  const std::string on = "s1/igb-kprobe.trace.txt --topology topology/igb4.lspci.zst --keep ";
  const Run beyond = trace(on + "0000:01:10.0@line:9999");
  CHECK(beyond.status == 3);
  CHECK(contains(beyond.out,
                 "0000:01:10.0@line:9999: there is no line 9999, the first capture has "));
  CHECK_FALSE(contains(beyond.out, "seen to exist"));
  CHECK_FALSE(contains(trace(on + "0000:01:10.0@line:20").out, "there is no line"));
}

TEST_CASE("the help of trace names every level of --claim", "[cli][trace]") {
  const Run help = trace("--help");
  for (const char* level : {"exists", "identity", "no-reset", "dma"}) {
    CHECK(contains(help.out, level));
    CHECK(trace(std::string("s1/igb-kprobe.trace.txt --topology topology/igb4.lspci.zst --claim ") +
                level)
              .status == 0);
  }
}

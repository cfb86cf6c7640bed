// SPDX-License-Identifier: GPL-2.0-or-later
// Runs the tool as a script would, in a folder of its own.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace luproof::command {

struct Ran {
  int status = -1;
  std::string out, err;
};

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/luproof-cli-XXXXXX";
    REQUIRE(mkdtemp(name));
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  static std::string read(const std::filesystem::path& file) {
    std::stringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
  }
  std::string path() const { return path_.string(); }
  // `in`: where the tool is started, by default this folder.
  Ran run(const std::string& arguments, const std::string& in = "") const {
    const std::string folder = in.empty() ? path_.string() : in;
    const std::string out = path_ / "out.txt", err = path_ / "err.txt";
    const std::string command = "cd '" + folder + "' && '" LUPROOF_BINARY "' " + arguments + " >'" +
                                out + "' 2>'" + err + "'";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(out), read(err)};
  }

 private:
  std::filesystem::path path_;
};

// With the first `from` made `to`; there has to be one.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace luproof::command

// SPDX-License-Identifier: GPL-2.0-or-later
// What is read of a host before a kexec, and what it means for a design: specs/preflight.yaml.
//
// Which file, which option and which driver says what is a fact about the kernel, so it is data
// with a source. C++ only knows how a file, an option or a register is read.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/yaml_map.h"

namespace luproof::host {

// By the name of a cell; a number, true, false or an enumerator.
using Cells = std::map<std::string, std::string>;

struct Case {
  std::vector<std::string> is;  // empty: any other value
  Cells set;                    // of the function that it was read of
  std::string problem, note, assume;
  std::vector<std::string> cite;  // beside the setting's
};

struct Setting {
  enum class From { Option, File, Attribute, Value };
  enum class Of { None, Kept, Pf, Port, Function };

  std::string name, about;
  From from = From::File;
  std::string what;                  // parameter, path, attribute or value
  std::vector<std::string> options;  // of the parameter: any of these
  std::string key;                   // of a file: the line that begins with it
  Of of = Of::None;                  // attributes and values: whose
  std::string config;                // an option is the value of this constant of a design
  std::string uses;                  // only for designs that use this pack
  std::vector<Case> cases;           // the first that fits
  std::string unread;                // what is assumed where it cannot be read
  std::vector<std::string> cite;
  model::Span span;
};

struct Settings {
  std::string design;       // where the user names none
  std::string keep_driver;  // VFs with it are kept where the user names none
  Cells kept, others;
  std::vector<Setting> all;
};

std::optional<Settings> read_settings(const model::SourcePtr& source,
                                      model::Diagnostics& diagnostics);
// The keys of "" (the file), "keep", "cells", "setting", "read" and "case".
std::map<std::string, std::vector<std::string>> settings_keys();

}  // namespace luproof::host

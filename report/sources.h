// SPDX-License-Identifier: GPL-2.0-or-later
// Who says so: the sources that specs cite by a short name (sources.yaml).
#pragma once

#include <map>
#include <string>

#include "model/source.h"

namespace luproof::report {

struct Source {
  std::string title, author, date, link;

  std::string text() const;  // all of them on one line
  bool linked() const;       // its link is one that a browser may follow: http or https
};
using Sources = std::map<std::string, Source>;

// Nothing, without an error, if there is no such file.
Sources read_sources(const std::string& path, model::Diagnostics& diagnostics);
// Those of the folders of `specs` (model/spec_folders.h), and those of the sources.yaml nearest above
// a spec.
Sources sources_for(const std::string& specs, const std::string& spec,
                    model::Diagnostics& diagnostics);

}  // namespace luproof::report

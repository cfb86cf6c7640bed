// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/packs.h"

namespace luproof::cli {
namespace {

model::PciFunction function(const std::string& name, model::FunctionKind kind,
                            std::map<std::string, std::int64_t> values) {
  model::PciFunction f;
  f.name = name;
  f.kind = kind;
  f.has_address = false;
  f.values = std::move(values);
  return f;
}

model::Topology stand_in(model::Diagnostics& diagnostics) {
  model::PciFunction port =
      function("rp", model::FunctionKind::Port, {{"secondary", 1}, {"subordinate", 1}});
  port.bdf = {0, 0, 0x1c << 3};
  port.has_address = true;
  model::PciFunction pf = function("pf0", model::FunctionKind::Pf,
                                   {{"first_vf_offset", 1}, {"vf_stride", 1}, {"total_vfs", 1}});
  pf.bdf = {0, 1, 0};
  pf.has_address = true;
  pf.parent_name = "rp";
  model::PciFunction vf = function("vf0", model::FunctionKind::Vf, {});
  vf.pf_name = "pf0";
  vf.vf_index = 0;
  return model::make_topology({port, pf, vf}, diagnostics);
}

}  // namespace

std::string kind_of(const std::string& path, const model::LoadOptions& options,
                    model::Diagnostics& diagnostics) {
  const auto composition = model::compose(path, options, diagnostics);
  return composition ? composition->documents.back()->kind : "";
}

std::optional<model::Model> load_pack(const std::string& path, model::LoadOptions options,
                                      model::Diagnostics& diagnostics) {
  const auto composition = model::compose(path, options, diagnostics);
  if (!composition) return std::nullopt;
  if (!composition->topology) options.topology = stand_in(diagnostics);
  return model::load(path, options, diagnostics);
}

}  // namespace luproof::cli

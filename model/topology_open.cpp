// SPDX-License-Identifier: GPL-2.0-or-later
// Which addresses follow from numbers and relations that a spec leaves open. The rules are the
// hardware's: the bus of a function is the secondary number of the port above it, and a VF's
// routing ID is its PF's plus First VF Offset plus VF Stride times its index (drivers/pci/iov.c).
// A rule with a gap is not an error by itself: only a spec that asks for the address needs it.
#include "model/topology_open.h"

#include <fmt/format.h>

#include <algorithm>

namespace luproof::model {

namespace {

bool says(const PciFunction& function, const std::string& key) {
  return function.values.count(key) > 0 || function.open.count(key) > 0;
}

class OpenAddresses {
 public:
  OpenAddresses(std::vector<PciFunction>& functions, Diagnostics& diagnostics)
      : functions_(functions), diagnostics_(diagnostics) {}

  std::string find() {
    for (PciFunction& f : functions_)
      if (f.kind != FunctionKind::Vf) function(f);
    for (PciFunction& f : functions_)
      if (f.kind == FunctionKind::Vf && (f.pf >= 0 || f.any_pf)) vf(f);
    one_domain();
    for (PciFunction& f : functions_)
      if (f.open_address) f.has_address = false;
    return lacking_;
  }

 private:
  void error(const PciFunction& at, std::string message, std::string hint = {}) {
    diagnostics_.error(at.span, std::move(message), std::move(hint));
  }

  void lacks(const PciFunction& f, const std::string& what) {
    if (lacking_.empty()) lacking_ = fmt::format("'{}' has {}", f.name, what);
  }

  void function(PciFunction& f) {
    const PciFunction* port = f.parent >= 0 ? &functions_[f.parent] : nullptr;
    const bool from_port = port && port->open.count("secondary") > 0;
    f.open_address = f.any_parent || from_port || f.open.count("devfn") > 0;
    by_devfn(f, port);
    if (!f.open_address) return;
    if (from_port && f.has_address) {
      error(f, fmt::format("the bus of '{}' follows from '{}'", f.name, port->name),
            fmt::format("devfn: 0x{:02x} instead of 'bdf:'", f.bdf.devfn));
    } else if (f.any_parent && !f.has_address) {
      lacks(f, "no 'bdf:', which is its address below no port");
    } else if (!f.has_address && !says(f, "devfn")) {
      lacks(f, "neither 'bdf:' nor 'devfn:'");
    } else if (!f.any_parent && !port) {
      lacks(f, "no bus: it hangs below no port");
    } else if (port && !says(*port, "secondary")) {
      lacks(*port, "no 'secondary:'");
    }
    for (const PciFunction& any : functions_)
      if (f.any_parent && any.kind == FunctionKind::Port && !says(any, "secondary"))
        lacks(any, "no 'secondary:'");
  }

  // `devfn:` stands where the bus follows from the port above.
  void by_devfn(PciFunction& f, const PciFunction* port) {
    const auto devfn = f.value("devfn");
    if (devfn && (*devfn < 0 || *devfn > 0xff)) {
      error(f, fmt::format("'{}' cannot have devfn {}", f.name, *devfn), "0 to 255");
    } else if (says(f, "devfn") && f.has_address) {
      error(f, fmt::format("'{}' has both 'bdf:' and 'devfn:'", f.name), "one of them");
    } else if (devfn) {
      f.bdf.devfn = static_cast<std::uint8_t>(*devfn);
      const auto bus = port ? port->value("secondary") : std::nullopt;
      if (port) f.bdf.domain = port->bdf.domain;
      if (!bus || *bus < 0 || *bus > 0xff || f.open_address) return;
      f.bdf.bus = static_cast<std::uint8_t>(*bus);
      f.has_address = true;
    }
  }

  void vf(PciFunction& f) {
    std::vector<const PciFunction*> of;  // the PFs that it may belong to
    if (!f.any_pf) {
      of.push_back(&functions_[f.pf]);
    } else {
      for (const PciFunction& pf : functions_)
        if (pf.kind == FunctionKind::Pf) of.push_back(&pf);
    }
    f.open_address = f.any_pf || std::any_of(of.begin(), of.end(), [](const PciFunction* pf) {
                       return pf->open_address || pf->open.count("first_vf_offset") > 0 ||
                              pf->open.count("vf_stride") > 0;
                     });
    if (!f.open_address) return;
    if (f.has_address)
      error(f, fmt::format("the address of VF '{}' follows from values that are open", f.name),
            "leave 'bdf:' out");
    for (const PciFunction* pf : of) {
      if (!pf->open_address && !pf->has_address) lacks(*pf, "no 'bdf:'");
      for (const char* key : {"first_vf_offset", "vf_stride"})
        if (!says(*pf, key)) lacks(*pf, fmt::format("no '{}:'", key));
    }
  }

  // Where a function may hang below any port, nothing says which domain it would be in.
  void one_domain() {
    const bool open = std::any_of(functions_.begin(), functions_.end(),
                                  [](const PciFunction& f) { return f.any_parent || f.any_pf; });
    std::optional<std::uint32_t> domain;
    for (const PciFunction& f : functions_) {
      if (!open || !f.has_address) continue;
      if (domain && *domain != f.bdf.domain)
        error(f,
              fmt::format("'{}' is in another domain than others, and what hangs below what is "
                          "open",
                          f.name),
              "one domain where 'under:' or 'of:' is any");
      domain = f.bdf.domain;
    }
    for (PciFunction& f : functions_) {
      if (open && domain) f.bdf.domain = *domain;
      if (!open && f.open_address && f.kind == FunctionKind::Vf)
        f.bdf.domain = functions_[f.pf].bdf.domain;
    }
  }

  std::vector<PciFunction>& functions_;
  Diagnostics& diagnostics_;
  std::string lacking_;  // the first reason
};

}  // namespace

std::string open_addresses(std::vector<PciFunction>& functions, Diagnostics& diagnostics) {
  return OpenAddresses(functions, diagnostics).find();
}

}  // namespace luproof::model

// SPDX-License-Identifier: GPL-2.0-or-later
// Looks up every name of a composition and gives every expression its type.
//
// One class over several files: declarations (resolve_declarations), the topology
// (resolve_topology), expressions, statements, properties and claims, expectations.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/compose.h"

namespace luproof::model {

// What a topology may say of a function: the facts that dumps give and specs write.
bool is_function_fact(const std::string& name);

class Resolver {
 public:
  Resolver(const Composition& composition, const LoadOptions& options, Diagnostics& diagnostics)
      : c_(composition), options_(options), diagnostics_(diagnostics) {}
  std::optional<Model> run();

 private:
  // What a bare name stands for; the table that keeps names unique.
  struct Symbol {
    enum class Kind { Sort, Enumerator, Element, Cell, Choice, Config } kind = Kind::Sort;
    int id = -1;
    Value value = 0;
    Span span;
  };
  // Where an expression stands: its locals, and what it may speak of.
  struct Frame {
    std::vector<Local>* locals = nullptr;
    std::vector<std::map<std::string, int>> scopes;
    bool properties = false;  // was, old, idle, settled, history cells
    bool booting = false;     // cold and boot values: hardware, guest, given and what was received
    bool step = false;        // old(e)
    int claim = -1;           // was(e) belongs to this claim
    std::vector<int>* samples = nullptr;
    int procedure = -1;  // code of a procedure
    Type result;
    bool actor = false;   // an actor's own code
    bool atomic = false;  // inside an event or atomic:
    int loops = 0;
  };

  // declarations
  void enumerations();
  void own_sorts();
  void errnos();
  void cells();
  void locks();
  void choices_and_configs();
  void acts();
  void signatures();
  void bodies();
  void define_body(int id);
  void actors();
  void finish_cells();
  void apply_choices();
  void selected_choice(const std::string& name, const std::string& alternative, const Span& span);
  void name_symbol(const std::string& name, Symbol symbol);
  void read_locals(const RawSignature& signature, std::vector<Local>& locals, Frame& frame);
  std::vector<RawStatement> code_of(const Declared& d);
  void edit_labels(std::vector<RawStatement>& code, const LabelEdit& edit, bool& found);
  void check_keys(const YamlNode& node, const std::vector<std::string>& known);
  Value constant(const ExprPtr& e, const Type& type);

  // topology
  void topology();
  void topology_keys();
  std::optional<PciFunction> topology_entity(const YamlEntry& entry);

  // types
  std::optional<Type> type_of(const RawType& raw, CellKind& kind);
  int sort_named(const std::string& name) const;
  std::string type_text(const Type& type) const;
  bool assignable(const Type& from, const Type& to) const;
  ExprPtr coerce(ExprPtr e, const Type& to);
  ExprPtr expect(ExprPtr e, const Type& to, std::string_view what);

  // expressions
  ExprPtr expression(const RawExpr& raw, Frame& frame);
  ExprPtr boolean(const RawExpr& raw, Frame& frame, std::string_view what);
  ExprPtr name(const RawExpr& raw, Frame& frame);
  ExprPtr member(const RawExpr& raw, Frame& frame);
  ExprPtr method(const RawExpr& raw, Frame& frame);
  ExprPtr call(const RawExpr& raw, Frame& frame);
  ExprPtr special(const RawExpr& raw, Frame& frame, bool& known);
  ExprPtr handover(const RawExpr& raw, Frame& frame);
  ExprPtr binary(const RawExpr& raw, Frame& frame);
  ExprPtr cell_read(int cell, std::vector<ExprPtr> indices, const Span& span, Frame& frame);
  // A cell as code names it (s.files, mapped(v, s)); -1 after an error.
  int cell_named(const RawExpr& raw, Frame& frame, std::vector<ExprPtr>& indices);
  int find_cell(const std::string& name, int sort, const Span& span, bool quiet);
  int bind(Frame& frame, const std::string& name, const Type& type, const Span& span);
  int attribute(const std::string& name);
  ExprPtr fail(const Span& span, std::string message, std::string hint = {});
  std::vector<std::string> known_names(const Frame& frame) const;

  // statements
  void block(const std::vector<RawStatement>& raw, Block& out, Frame& frame);
  void statement(const RawStatement& raw, Block& out, Frame& frame);
  void assign(const RawStatement& raw, Stmt& s, Frame& frame);
  void invoke(const RawStatement& raw, const RawExpr& call, Stmt& s, Frame& frame,
              bool wants_result);
  void members(const RawStatement& raw, Stmt& s, Frame& frame);
  void lock_target(const RawStatement& raw, Stmt& s, Frame& frame);
  void cell_target(const RawExpr& raw, Stmt& s, Frame& frame, std::initializer_list<CellKind> kinds,
                   std::string_view what);
  ExprPtr error_value(const RawExpr& raw, Frame& frame);
  bool returns(const Block& block) const;
  bool shared(const ExprPtr& e) const;
  bool monitors(const ExprPtr& e) const;  // reads what only properties and claims may
  bool computed_shared(const Stmt& s) const;

  // claims, properties, the rest
  void claims();
  void properties();
  void property(const Declared& d);
  void clause(const Declared& d, Property& p, const YamlEntry& body, bool negate, int claim);
  void moment(const YamlNode& node, Property& p);
  void assumptions();
  void expectations();
  void expectation_map(const YamlNode& node);

  const Composition& c_;
  const LoadOptions& options_;
  Diagnostics& diagnostics_;
  Model m_;
  std::map<std::string, Symbol> symbols_;
  std::map<std::string, int> procedures_, events_, defines_, acts_, actors_, claims_, attributes_;
  enum class Progress : char { Untouched, Open, Done };
  std::vector<Progress> define_progress_;  // definitions are resolved on demand
  std::vector<const Declared*> define_sources_;
  std::vector<RawSignature> define_signatures_;
  std::vector<std::pair<RawType, RawSignature>> cell_sources_;
};

}  // namespace luproof::model

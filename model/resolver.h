// SPDX-License-Identifier: GPL-2.0-or-later
// Looks up every name of a composition and gives every expression its type.
//
// One class over several files: declarations (resolve_declarations), the topology
// (resolve_topology), expressions, statements, properties and claims, expectations.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "model/compose.h"

namespace luproof::model {

// What a topology may say of a function: the facts that dumps give and specs write.
bool is_function_fact(const std::string& name);
// A number as a topology writes it: decimal, 0x…, true, false, yes or no.
std::optional<std::int64_t> fact_number(const std::string& text);

// Beyond this many, looking on would only cost time.
constexpr int kMaximumErrors = 200;

class Resolver {
 public:
  Resolver(const Composition& composition, const LoadOptions& options, Diagnostics& diagnostics)
      : c_(composition), options_(options), diagnostics_(diagnostics) {}
  std::optional<Model> run();
  // The code of a procedure or an actor as it will run: labels edited, cases of hooks put in.
  std::vector<RawStatement> code_of(const Declared& d);

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
    Type result;
    bool actor = false;   // an actor's own code
    bool atomic = false;  // inside an event or atomic:
  };
  // What an expression reads, through definitions.
  struct Facts {
    bool shared = false;    // what a run may change
    bool monitors = false;  // what only properties and claims may
    bool boots = true;      // only what exists when a kernel boots
    std::set<int> cells;
    std::int64_t weight = 1;  // nodes, definitions written out
    int height = 1;
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
  ExprPtr defined(const Declared& d, int id);
  // The one value in the first kernel, the other in later ones.
  ExprPtr by_kernel(ExprPtr first, ExprPtr later, const Span& span);
  ExprPtr neutral(const ExprPtr& body, bool truth, int define);
  void actors();
  void finish_cells();
  void apply_choices();
  void selected_choice(const std::string& name, const std::string& alternative, const Span& span);
  void read_locals(const RawSignature& signature, std::vector<Local>& locals, Frame& frame);
  void edit_labels(std::vector<RawStatement>& code, const LabelEdit& edit, bool& found);
  void check_labels(const std::vector<RawStatement>& code, std::set<std::string>& seen);
  bool same_parameters(const Declared& d, const Extension& extension, bool names);
  std::optional<Type> parameter_type(const std::string& text, const Span& span);
  void event_body(const Declared& d, Event& e, Frame& frame);
  void unending_events();
  std::vector<RawStatement> own_code(const Declared& d, const std::vector<LabelEdit>& edits);
  std::vector<RawStatement> actor_calls(const YamlEntry& calls);
  std::vector<RawStatement> actor_code(const Declared& d);
  Kernels kernels_of(const Declared& d);
  int act_named(const std::string& name, const Span& span);  // -1 after an error
  void config(const Declared& d);
  void choice(const Declared& d);
  void indices(const RawSignature& signature, Cell& cell, const Span& span);
  void at_zero(const RawType& raw, Cell& cell);
  void enumerate(const YamlNode& values, const std::string& name, const Span& span);
  Value constant(const ExprPtr& e, const Type& type);
  void cold_order(int cell, const ExprPtr& cold);

  // names
  int sort_named(const std::string& name) const;
  int known_sort(const std::string& name, const Span& span);  // -1 after an error
  void reserve(const std::string& name, const Span& span);
  void refuse_word(const std::string& name, const Span& span, bool called, bool statement);
  void name_symbol(const std::string& name, Symbol symbol);
  void name_type(const std::string& name, const Span& span);
  void name_cell(const RawSignature& signature, const Cell& cell, const Span& span);
  int bind(Frame& frame, const std::string& name, const Type& type, const Span& span);
  std::vector<std::string> known_names(const Frame& frame) const;

  // what expressions read
  Facts facts(const ExprPtr& e) const;
  void keep_facts(int define);
  bool shared(const ExprPtr& e) const;
  bool is_list(const ExprPtr& e) const;
  bool fits(const ExprPtr& e, const Type& type) const;
  // No local but this one is read, besides those that e binds itself.
  bool reads_only(const ExprPtr& e, int local, std::set<int> bound = {}) const;

  // members of open sorts
  void open_sort(Sort& sort, int id);
  void member_keys();
  RawType with_member_values(const Cell& cell, RawType raw, const RawSignature& signature);

  // topology
  void topology();
  void topology_keys();
  void topology_values();
  std::optional<PciFunction> topology_entity(const YamlEntry& entry);
  void open_value(PciFunction& f, const YamlEntry& item);
  void open_cells();
  void open_number(const std::string& key);
  int open_cell(const std::string& name, const Type& type, Cell::OfTopology of);
  void open_parents();
  void open_addresses();
  void machine();
  ExprPtr fact_of(const std::string& key, const ExprPtr& function, const Span& span);
  ExprPtr open_rid(const ExprPtr& function, const Span& span);
  std::string address_unknown(int sort) const;
  bool said_of_all(const std::string& key, int sort, const Span& span);

  // types
  std::optional<Type> type_of(const RawType& raw, CellKind& kind);
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
  ExprPtr neighbour(const RawExpr& raw);
  ExprPtr either(std::vector<ExprPtr> kids, const Span& span);
  ExprPtr special(const RawExpr& raw, Frame& frame, bool& known);
  ExprPtr handover(const RawExpr& raw, Frame& frame);
  ExprPtr binary(const RawExpr& raw, Frame& frame);
  ExprPtr cell_read(int cell, std::vector<ExprPtr> indices, const Span& span, Frame& frame);
  // A cell as code names it (s.files, mapped(v, s)); -1 after an error.
  int cell_named(const RawExpr& raw, Frame& frame, std::vector<ExprPtr>& indices);
  int find_cell(const std::string& name, int sort, const Span& span, bool quiet);
  ExprPtr no_actor(const std::string& name, const Span& span);
  int attribute(const std::string& name);
  ExprPtr fail(const Span& span, std::string message, std::string hint = {});

  // statements
  void block(const std::vector<RawStatement>& raw, Block& out, Frame& frame);
  void statement(const RawStatement& raw, Block& out, Frame& frame);
  void assign(const RawStatement& raw, Stmt& s, Frame& frame);
  void invoke(const RawStatement& raw, const RawExpr& call, Stmt& s, Frame& frame,
              bool wants_result, bool undo = false);
  void no_pool(const RawStatement& raw);
  void members(const RawStatement& raw, Stmt& s, Frame& frame);
  void lock_target(const RawStatement& raw, Stmt& s, Frame& frame);
  void cell_target(const RawExpr& raw, Stmt& s, Frame& frame, std::initializer_list<CellKind> kinds,
                   std::string_view what);
  ExprPtr error_value(const RawExpr& raw, Frame& frame);
  bool returns(const Block& block) const;
  const Stmt* with_undo(const Block& block) const;  // the first call that has one; null: none
  bool computed_shared(const Stmt& s) const;

  // claims, properties, the rest
  void claims();
  void properties();
  void property(const Declared& d);
  struct Binder {  // for: name in set
    std::string name, level;
    Span span;
    RawExpr set;
  };
  std::optional<Binder> binder_of(const YamlNode& node);
  void clause(Property& p, const RawExpr& body, bool negate, const Binder* binder, int claim);
  std::vector<std::string> levels(const YamlNode& node);
  void lower(Claim& claim, const YamlNode& promise);
  void expected_steps(const YamlNode& node, Expectation& e);
  void moment(const YamlNode& node, Property& p);
  void assumptions();
  void expectations();
  void expectation_map(const YamlNode& node);

  const Composition& c_;
  const LoadOptions& options_;
  Diagnostics& diagnostics_;
  Model m_;
  std::map<std::string, Symbol> symbols_;
  std::map<std::string, Span> names_;  // of all declarations that expressions and code name
  std::map<std::pair<int, std::string>, Span> members_;  // cells by base sort and name
  std::map<std::string, int> procedures_, events_, defines_, acts_, actors_, claims_, attributes_;
  enum class Progress : char { Untouched, Open, Done };
  void unending_event(int event, std::vector<Progress>& progress);
  std::vector<Progress> define_progress_;  // definitions are resolved on demand
  int define_depth_ = 0;
  std::int64_t values_ = 0;  // of all cells
  std::vector<Facts> define_facts_;
  std::vector<const Declared*> define_sources_;
  std::vector<RawSignature> define_signatures_;
  std::vector<std::pair<RawType, RawSignature>> cell_sources_;
};

}  // namespace luproof::model

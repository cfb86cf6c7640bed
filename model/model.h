// SPDX-License-Identifier: GPL-2.0-or-later
// The typed model: what a spec means, after packs are composed and every name is looked up.
//
// This is level one of three (model, program, ground system). The interpreter walks it as it stands
// and is the reference; the checker lowers it. docs/language.md is the meaning of every node.
//
// Values are plain integers everywhere: bool 0/1; an enumerator its index; an errno its index in
// Model::errnos (0 is success); an integer itself; a reference 0 for none, else 1 + the element's
// index in its *base* sort (so a vf and the function it is have one value).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/source.h"
#include "model/topology.h"

namespace luproof::model {

using Value = std::int32_t;

// ---------------------------------------------------------------- sorts and types

// A base sort has parent -1. function (0) has the sub-sorts port, pf, vf, other: each is a range
// [first, first + size) of its parent's elements. Pools and member sorts have none.
struct Sort {
  std::string name;
  int parent = -1;
  bool pool = false;  // its elements are created by `new` and die by `free`
  int first = 0;
  int size = 0;
  std::vector<std::string> names;  // of the elements of a base sort
  Span span;
};
enum BuiltinSort { kFunction = 0, kPort, kPf, kVf, kOther, kFirstOwnSort };

struct Type {
  enum class Kind : std::uint8_t { Void, Bool, Int, Enum, Errno, Ref, Set };
  Kind kind = Kind::Void;
  int id = -1;              // Enum: index in enums; Ref and Set: index in sorts
  Value low = 0, high = 0;  // Int
  bool nullable = false;    // Ref
  bool operator==(const Type&) const = default;
};

struct Enumeration {
  std::string name;
  std::vector<std::string> values;
  Span span;
};

// ---------------------------------------------------------------- expressions

enum class Op : std::uint8_t {
  Const,      // value
  Local,      // ref = slot in the enclosing frame
  Cell,       // ref = cell; kids = indices. A refcount's count, a mutex is not readable
  Choice,     // ref = choice; its alternative's index
  Config,     // ref = config; depends on the kernel number
  Attribute,  // ref = attribute name id; kids[0] a function: a constant of the topology
  Parent,     // kids[0]: ref port or none
  PfOf,       // kids[0]: ref pf or none
  KernelNumber,
  Panicked,
  Define,  // ref = define; kids = arguments, bound to its locals 0..
  Not,
  And,
  Or,
  Implies,  // And, Or, Implies stop at the first kid that decides
  Eq,
  Ne,
  Lt,
  Le,
  Gt,
  Ge,
  Add,
  Sub,
  Mul,
  Neg,
  ShiftRight,  // kids[0] by `ref` bits, the sign kept; of addresses that are open
  Min,
  Max,
  Ite,    // kids: condition, then, else
  In,     // kids: element, set
  Is,     // kids: element; ref = sort
  Alive,  // kids[0]: a pool element
  All,
  Exists,
  Count,  // kids: set, body; ref = slot of the bound local
  Last,   // kids[0] a list cell (SetCell): ref to its newest member or none
  // sets; they stand only below In, quantifiers, loops and each other
  SetSort,      // ref = sort; live elements of a pool
  SetCell,      // ref = cell (list or set); kids = indices
  SetRelation,  // ref = Relation; kids[0]
  SetWhere,     // kids: set, body; ref = slot
  SetReversed,  // kids[0] a list
  SetBefore,    // kids: list, element: members older than element
  SetEnum,      // kids: the members, any values
  // handover cells: ref = cell, kids = indices
  Received,  // the value that arrived; fault if absent
  Handed,    // something arrived
  Restored,  // `restore` consumed it
  Outgoing,  // the value written for the next kernel; fault if absent
  Written,   // something is written for the next kernel
  SetReceived,
  SetOutgoing,  // of a handed-over list or set
  // only in properties and claims
  Was,      // kids[0] when the claim began; ref = sample (see Clause::samples)
  Old,      // kids[0] before the step
  Idle,     // ref = actor template: no instance is inside a procedure
  Settled,  // ref = lock cell; kids = indices: nobody holds it or is queued for it
};
enum class Relation : std::uint8_t { Upstream, Children, Vfs, Subtree };

struct Expr;
using ExprPtr = std::shared_ptr<const Expr>;
struct Expr {
  Op op = Op::Const;
  Type type;
  Span span;
  int ref = -1;
  Value value = 0;
  std::vector<ExprPtr> kids;
};

// ---------------------------------------------------------------- statements

enum class StmtKind : std::uint8_t {
  Assign,  // targets[i] = values[i], all at once
  Let,     // local = values[0] (a pure expression)
  New,     // target = a fresh element of sort `ref`; if the pool is full: fail with values[0], or,
           // without one, the run ends with "scope exhausted"
  Free,    // values[0]
  Call,    // ref = procedure; values = arguments; result to `target` if any
  Fire,    // ref = event without `when`; values = arguments; one step
  Check,   // values[0] else return values[1], undoing
  Wait,    // values[0]
  If,      // values[0]: body else orelse
  For,     // local in values[0] where values[1]: body; see Order
  Each,    // local in values[0] where values[1]: body, one step, all at once
  Return,  // values[0] if any
  Lock,
  Unlock,   // target = the lock; mode
  With,     // target = the lock; mode; body
  Atomic,   // body in one step
  MayFail,  // ref = act; values[0] = the error
  Either,   // alternatives: one of them, freely
  Forever,  // body again and again
  Pick,     // local = any member of values[0] where values[1]; blocks while there is none
  Append,
  Remove,  // target = a list or set cell; values[0]
  Get,
  Put,      // target = a refcount; Put runs the cell's at_zero procedure when the count is 0
  Unwrite,  // target = handover cell
  Restore,  // target = handover cell: consumes what arrived
  Kexec,    // values[0] = whether the handover travels (default true)
  Panic,    // this kernel stops: none of its kernel and userspace actors moves again
  Stop,     // the actor ends
  Pass,
};
enum class LockMode : std::uint8_t { Mutex, Read, Write };
enum class CallMode : std::uint8_t { Plain, Ignore, Try };
// Any: every order is possible. Children/ParentsFirst: along the PCI tree, siblings in any order.
// Registration: ascending element index (the order of the topology). List order: oldest first.
enum class Order : std::uint8_t {
  Any,
  ChildrenFirst,
  ParentsFirst,
  Registration,
  ReverseRegistration,
  Ascending,
  Descending,
};

struct Stmt;
using Block = std::vector<std::unique_ptr<const Stmt>>;
struct Stmt {
  StmtKind kind = StmtKind::Pass;
  int id = -1;  // unique in the model
  Span span;
  std::string label;
  int ref = -1;
  int local = -1;
  LockMode mode = LockMode::Mutex;
  CallMode call = CallMode::Plain;
  Order order = Order::Any;
  bool snapshot = false;
  bool declares = false;         // `local` begins here and ends with the block
  bool touches_shared = false;   // reads or writes a cell, a lock or a budget: a step of its own
  std::vector<ExprPtr> targets;  // Assign: Op::Cell, Op::Outgoing or Op::Local; others: one
  std::vector<ExprPtr> values;   // For, Each, Pick: [set, where or null]
  ExprPtr order_key;             // Ascending, Descending: reads `local`
  std::unique_ptr<const Stmt> undo;  // of a Call with CallMode::Try: a Call or Fire
  Block body, orelse;
  std::vector<Block> alternatives;
};

// ---------------------------------------------------------------- declarations

struct Origin {
  Span span;
  std::string pack;                        // who declares it
  std::vector<std::string> overridden_by;  // packs, designs, variants; the last one counts
  std::vector<std::string> cite;
  std::string about;
  std::string versions;  // kernels that it holds for, as "7.2+"; "" = not said
  std::string status;    // "" = certain; "uncertain", "spec-knowledge", "derived", "assumed"
  std::string patch;     // "N" of a posted series, where an override names it
  std::string at;        // kernel "file:function"
};

struct Local {
  std::string name;
  Type type;
};

enum class Life : std::uint8_t { Given, Hardware, Kernel, Handover, Userspace, Guest, History };
enum class CellKind : std::uint8_t { Data, List, Set, Refcount, Mutex, Rwlock };

struct Cell {
  std::string name;        // "bus_master"
  std::string shown;       // "function.bus_master"
  std::vector<int> index;  // sorts
  Life life = Life::Kernel;
  CellKind kind = CellKind::Data;
  Type type;  // of a value; of a member (Ref) for lists and sets
  bool cold_any = false, boot_any = false, has_boot = false;
  ExprPtr cold,
      boot;  // locals 0.. are the indices; null: zero (false, first enumerator, none, 0 or low)
  int frame = 0;     // locals that cold and boot need
  // Stands for constants that the topology leaves open: a number, parent and pf (rows are what the
  // topology says), or bus and devfn, which follow from those and from first values of cells.
  enum class OfTopology : std::uint8_t { No, Fact, Address } of_topology = OfTopology::No;
  int at_zero = -1;  // Refcount: procedure, called with the indices
  bool fair = true;  // Rwlock: a queued writer blocks new readers
  Origin origin;
};

struct Define {
  std::string name;
  std::vector<Local> locals;  // parameters first
  int parameters = 0;
  Type result;
  ExprPtr body;
  Origin origin;
};
struct Procedure {
  std::string name;
  std::vector<Local> locals;  // parameters first
  int parameters = 0;
  Type result;  // Void or a value
  Block body;
  bool symbol = true;  // the name is a symbol of the kernel; helpers say `symbol: no`
  Origin origin;
};
struct Event {
  std::string name;
  std::vector<Local> locals;  // parameters first
  int parameters = 0;
  ExprPtr when;  // null: fired by `Fire` only; else by itself, for every binding
  Block body;    // Assign, Let, If, Each, Append, Remove, Get, Unwrite, Restore, Fire
  std::string by;
  int act = -1;  // an environment act: only where allowed, spends its budget
  bool symbol = true;
  Origin origin;
};
struct Act {
  std::string name;
  int at_most = 1;
  bool allowed = false;
  Origin origin;
};
enum class Kernels : std::uint8_t { Every, Old, New };  // old = kernel 1, new = every later one
struct Actor {
  std::string name;
  Life life = Life::Userspace;  // Userspace and Kernel die at kexec; Hardware and Guest do not
  Kernels in = Kernels::Every;
  int every = -1;  // sort: one instance an element, bound to local 0
  int copies = 1;
  std::vector<Local> locals;
  Block body;
  Origin origin;
};
struct Choice {
  std::string name;
  int enumeration = -1;
  int selected = -1;  // alternative's index; -1: open, the checker tries each
  Origin origin;
};
struct Config {
  std::string name;
  Type type;
  Value old_value = 0, new_value = 0;
  Origin origin;
};
struct Sample {  // one was(e): e when the claim began, one value an element
  int claim = -1;
  ExprPtr expr;
  int frame = 0;  // locals that expr needs; 0 is the element
};
struct Claim {
  std::string name;
  int sort = -1;
  std::vector<Local> locals;  // 0 is the element
  std::vector<std::string> levels;
  ExprPtr from, until;  // over locals; latched at from, let go at until
  Origin origin;
};

struct Clause {              // one claim's, or the only, reading of a property
  int claim = -1;            // quantifies over what this claim holds latched
  int local = -1;            // bound element, -1 if none
  ExprPtr set;               // without a claim: the set to quantify over, or null
  ExprPtr bad;               // true = violated
  std::vector<int> samples;  // Op::Was's ref -> index in Model::samples
};
enum class Moment : std::uint8_t { EveryState, Step, Kexec, Enter, Return };
enum class PropertyKind : std::uint8_t { Safety, LeadsTo, Recoverable, Possible };
struct Property {
  std::string name;
  PropertyKind kind = PropertyKind::Safety;
  Moment moment = Moment::EveryState;
  int procedure = -1;  // of Enter, Return
  enum class Filter : std::uint8_t { Any, Success, Error } filter = Filter::Any;
  std::vector<Local> locals;
  std::vector<Clause> clauses;  // Safety; none: no claim of the design asks for it
  std::string level;            // of the claim it follows from, or ""
  ExprPtr from, to;             // LeadsTo, Recoverable (from may be null), Possible (to)
  std::vector<int> by;          // Recoverable: actors; empty: all
  bool without_kexec = false;
  std::string because;
  Origin origin;
};
struct Assumption {
  std::string name;
  ExprPtr expr;  // of the initial state
  int frame = 0;
  std::string because;
  Origin origin;
};
struct Expectation {
  std::string property;
  std::string verdict;                   // holds, violated, vacuous, unknown
  std::vector<std::string> violated_by;  // "event(args)" of the steps into a bad state
  std::vector<std::string> needs;        // environment acts
  int steps_low = -1, steps_high = -1;
  Span span;
};

// The order in which cells get their first value: one may read those of a lower rank, and those
// declared before it of its own rank.
int cold_rank(const Cell& cell);

// Calls `find` of its kind: by name, -1 if there is none.
struct Model {
  std::string name, kind, about, path, variant;
  std::vector<std::string> cite;
  Topology topology;
  std::vector<Sort> sorts;
  std::vector<Enumeration> enums;
  std::vector<std::string> errnos;      // "0", "-EINVAL", …
  std::vector<std::string> attributes;  // names of topology constants in use
  std::vector<Cell> cells;
  std::vector<Define> defines;
  std::vector<Procedure> procedures;
  std::vector<Event> events;
  std::vector<Act> acts;
  std::vector<Actor> actors;
  std::vector<Choice> choices;
  std::vector<Config> configs;
  std::vector<Claim> claims;
  std::vector<Sample> samples;
  std::vector<Property> properties;
  std::vector<Assumption> assumptions;
  // Cells of the topology's open parents and PFs; -1: they are constants. And what has to be true of
  // a first state for the topology to be a machine.
  int parent_cell = -1, pf_cell = -1;
  std::vector<ExprPtr> machine;
  int machine_frame = 0;
  std::vector<Expectation> expectations;
  std::vector<std::string> packs;  // used, in order
  std::vector<std::string> not_modelled;
  std::vector<std::string> without;  // rules that were taken away: it is no longer the design
  int kernels = 2;     // bound on kernel numbers: updates + 1
  int statements = 0;  // ids are below this
  std::vector<const Stmt*> statement_by_id;

  int base_sort(int sort) const;
  // The constant `attributes[attribute]` of a function (index in Topology::functions).
  Value attribute_value(int attribute, int function) const;
  // The elements (base indices) of a relation of a function, in topology order; Upstream from the
  // port directly above to the root port.
  std::vector<int> related(Relation relation, int function) const;
  // What the topology says of the first value of a cell that one function indexes: nothing, or a
  // range of one or more values.
  struct First {
    Value low = 0, high = 0;
  };
  std::optional<First> first_value(const Cell& cell, int function) const;
  // Element `index` of its base sort is in `sort`.
  bool in_sort(int sort, int index) const;
  // "0000:01:10.0", "s1", … of a reference into the base sort of `sort`; "none" for 0.
  std::string element_name(int sort, Value reference) const;
  std::string value_text(const Type& type, Value value) const;
};

}  // namespace luproof::model

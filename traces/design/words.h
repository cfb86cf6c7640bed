// SPDX-License-Identifier: GPL-2.0-or-later
// What lines of a capture say in the words of a design.
//
// A procedure or an event of a design is named after the kernel's function, so a line about that
// function is a call of it. Which of a line's values is which argument stands in the binding, or
// follows from the type: the only PCI address is the only function.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "checker/conform/conform.h"
#include "traces/binding.h"
#include "traces/journal.h"

namespace luproof::traces {

// One call or return, values still as text.
struct Utterance {
  checker::Seen::Kind kind = checker::Seen::Kind::Gap;
  int capture = 0;
  std::int64_t line = 0;
  int task = 0;  // pid + 1; 0: the line does not say
  int cpu = -1;
  std::optional<std::int64_t> time;  // in the unit of its capture's clock
  int subject = -1;
  bool probe = false;  // it has arguments, and a function line of the same call may stand beside it
  std::vector<std::string> args;  // "" = not said
  std::optional<std::int64_t> result;
};

class Words {
 public:
  Words(const model::Model& model, const Binding& binding);

  bool known(std::string_view symbol) const { return index_.find(symbol) != index_.end(); }
  // The function that a line is about, of a return too.
  static std::string_view symbol(const TraceLine& line, const Binding& binding);
  // What the line says, if the design has a word for it.
  std::optional<Utterance> hear(const TraceLine& line) const;
  // The parameters of what an utterance is about.
  const std::vector<model::Local>& parameters(const Utterance& said) const;

 private:
  struct Word {
    bool event = false;
    int index = -1;
    std::vector<std::string> fields;  // by parameter: the line's argument, or ""
  };
  std::string argument(const Word& word, std::size_t parameter, const TraceLine& line) const;

  const model::Model& model_;
  const Binding& binding_;
  std::map<std::string, Word, std::less<>> index_;
};

// Names of members of open sorts, by the texts that captures have for them.
class MemberNames {
 public:
  void meet(const model::Model& model, const model::Type& type, const std::string& text);
  // By sort, as a design has to be loaded with.
  std::map<std::string, std::vector<std::string>> names(const model::Model& model) const;
  // The value of a text, in a model that was loaded with these names; kUnknownValue if it has none.
  static checker::Value value(const model::Model& model, const model::Type& type,
                              const std::string& text);
  // Letters and digits that a spec takes for a name.
  static std::string name_of(const std::string& sort, const std::string& text);

 private:
  std::map<int, std::set<std::string>> texts_;  // by base sort
  std::set<int> nameless_;                      // sorts of which a line names no member
};

}  // namespace luproof::traces

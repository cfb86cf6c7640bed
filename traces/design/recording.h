// SPDX-License-Identifier: GPL-2.0-or-later
// All that captures say in the words of a design, in order, and what they could not have said.
#pragma once

#include "traces/captures.h"
#include "traces/design/words.h"

namespace luproof::traces {

struct Recording {
  std::vector<Utterance> said;
  struct Silence {  // of one kernel: what its captures show, by procedure or event
    std::set<int> enter, leave, event;
    bool to_the_end = false;
  };
  std::vector<Silence> kernels;
  MemberNames members;
  std::int64_t foreign = 0;  // lines about PCI functions that the design does not have
};

// Goes through the journals. `probed` are functions that are known to have been probed though no
// line shows them. `on_this_machine`: the model has the functions of the machine; else a line that
// names none may be about one that it does not have.
Recording listen(std::vector<Capture>& captures, const Words& words, const Binding& binding,
                 const model::Model& model, bool on_this_machine,
                 const std::set<std::string, std::less<>>& probed);

// In the values of `model`, which was loaded with the recording's members. `began_before`: the
// captures begin in the middle. `lines` gets, for each observation, the index in `said`, or -1.
checker::Observations observations_of(const Recording& recording, const Words& words,
                                      const model::Model& model, bool began_before,
                                      std::vector<std::int64_t>& lines);

}  // namespace luproof::traces

// SPDX-License-Identifier: GPL-2.0-or-later
// The answer to a question, in its forms.
#pragma once

#include <string>

#include "checker/ask/ask.h"
#include "report/facts.h"
#include "report/text.h"

namespace luproof::report {

struct AskRequest {
  Request base;
  std::string about;  // the question
  std::string again;  // the command that shows it again
  bool runs = false;  // every run in full, not only what one alternative is worse by
};

// At most 100 columns, but for names that are longer.
std::string ask_text(const checker::ask::Table& table, const AskRequest& request,
                     const TextOptions& options);
std::string ask_markdown(const checker::ask::Table& table, const AskRequest& request);
std::string ask_json(const checker::ask::Table& table, const AskRequest& request);

int exit_status(const checker::ask::Table& table);

}  // namespace luproof::report

// SPDX-License-Identifier: GPL-2.0-or-later
// The text of a certificate through Z3's front door: what is checked is what is written.
#include <z3.h>

#include <thread>

#include "checker/proof/obligations.h"
#include "checker/z3_stop.h"

namespace luproof::checker::proof {
namespace {

void ignore(Z3_context, Z3_error_code) {}  // an error is text in the answer

}  // namespace

std::string refuted(const Certificate& certificate, const Limits& limits) {
  Z3_config config = Z3_mk_config();
  Z3_context context = Z3_mk_context(config);
  Z3_del_config(config);
  Z3_set_error_handler(context, ignore);
  std::string answers;
  const Z3Stop stop(limits);
  {
    std::jthread watcher([&](const std::stop_token& ended) {
      while (!ended.stop_requested()) {
        if (!stop.by().empty()) Z3_interrupt(context);
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
    });
    if (const char* text = Z3_eval_smtlib2_string(context, certificate.text.c_str()))
      answers = text;
  }
  Z3_del_context(context);
  // Lines in turn: what is asked, and the answer.
  std::size_t refuted = 0;
  std::string asked;
  for (std::size_t at = 0; at < answers.size();) {
    const std::size_t end = std::min(answers.find('\n', at), answers.size());
    const std::string line = answers.substr(at, end - at);
    at = end + 1;
    if (line == "unsat") {
      ++refuted;
    } else if (line == "sat") {
      return asked;
    } else if (line == "unknown" || line.rfind("(error", 0) == 0) {
      const std::string by = stop.by();
      return by.empty() ? asked + ": " + line : "stopped by " + by;
    } else {
      asked = line;
    }
  }
  if (const std::string by = stop.by(); !by.empty()) return "stopped by " + by;
  return refuted == certificate.obligations ? "" : "obligations without an answer";
}

}  // namespace luproof::checker::proof

// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/line_input.h"

#include <fmt/format.h>
#include <histedit.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <cwchar>
#include <iostream>

namespace luproof::cli {
namespace {

constexpr std::size_t kLongestLine = 4096;
constexpr int kLinesKept = 1000;

// While it lives the terminal hands on Ctrl-C and Ctrl-D as they are typed, also what is typed
// between the prompt and libedit's first read, which takes this over.
class KeysAsTyped {
 public:
  KeysAsTyped() : changed_(tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!changed_) return;
    termios plain = before_;
    plain.c_cc[VINTR] = plain.c_cc[VEOF] = _POSIX_VDISABLE;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &plain);
  }
  ~KeysAsTyped() {
    if (changed_) tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
  }
  KeysAsTyped(const KeysAsTyped&) = delete;
  KeysAsTyped& operator=(const KeysAsTyped&) = delete;

 private:
  termios before_ = {};
  bool changed_;
};

}  // namespace

// Ctrl-C is a key here and no signal: a signal that comes between two reads of the terminal would
// leave the line standing until the next key.
class LineInput::Editor {
 public:
  Editor() : edit_(el_init("luproof", stdin, stdout, stderr)), history_(history_init()) {
    if (!edit_ || !history_) return;
    HistEvent event;
    history(history_, &event, H_SETSIZE, kLinesKept);
    el_set(edit_, EL_CLIENTDATA, this);
    el_set(edit_, EL_PROMPT, prompt_of);
    el_set(edit_, EL_EDITOR, "emacs");
    el_set(edit_, EL_HIST, ::history, history_);
    el_set(edit_, EL_SIGNAL, 1);  // the size of the terminal may change
    // Of narrow names it would keep copies that nobody frees.
    el_wset(edit_, EL_ADDFN, L"give-up-line", L"Begin the line anew", give_up);
    el_set(edit_, EL_BIND, "^C", "give-up-line", nullptr);
  }
  ~Editor() {
    if (history_) history_end(history_);
    if (edit_) el_end(edit_);
  }
  Editor(const Editor&) = delete;
  Editor& operator=(const Editor&) = delete;

  bool works() const { return edit_ && history_; }

  std::optional<std::string> line(const std::string& prompt) {
    prompt_ = prompt;
    given_up_ = false;
    const KeysAsTyped keys;
    int length = 0;
    const char* got = el_gets(edit_, &length);
    if (given_up_) return "";
    if (!got || length <= 0) return std::nullopt;
    std::string text(got, static_cast<std::size_t>(length));
    if (text.back() == '\n') text.pop_back();
    HistEvent event;
    if (!text.empty()) history(history_, &event, H_ENTER, text.c_str());
    return text;
  }

 private:
  static Editor& of(EditLine* edit) {
    void* self = nullptr;
    el_get(edit, EL_CLIENTDATA, &self);
    return *static_cast<Editor*>(self);
  }
  static char* prompt_of(EditLine* edit) { return of(edit).prompt_.data(); }
  static unsigned char give_up(EditLine* edit, wint_t) {
    of(edit).given_up_ = true;
    fmt::print("^C\n");
    std::fflush(stdout);
    return CC_EOF;
  }

  EditLine* edit_;
  History* history_;
  std::string prompt_;
  bool given_up_ = false;
};

LineInput::LineInput(const std::string& script, model::Diagnostics& diagnostics)
    : name_(script.empty() ? "standard input" : script) {
  if (script.empty() && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
    editor_ = std::make_unique<Editor>();
    if (!editor_->works()) editor_.reset();
  }
  if (script.empty()) return;
  file_.open(script, std::ios::binary);
  if (!file_)
    diagnostics.error(model::Span{model::Source::make(script, ""), 0, 0, 1},
                      "this script cannot be read");
}

LineInput::~LineInput() = default;

std::string LineInput::place() const { return fmt::format("{}:{}", name_, line_); }

std::optional<std::string> LineInput::next(const std::string& prompt) {
  std::fflush(stdout);
  std::optional<std::string> line;
  if (editor_) {
    line = editor_->line(prompt);
    if (!line) fmt::print("\n");
  } else {
    std::string text;
    if (std::getline(file_.is_open() ? static_cast<std::istream&>(file_) : std::cin, text)) {
      if (!text.empty() && text.back() == '\r') text.pop_back();
      line = std::move(text);
      fmt::print("{}{}\n", prompt, model::printable(line->substr(0, kLongestLine)));
    }
  }
  ++line_;
  if (line && line->size() > kLongestLine) line->resize(kLongestLine);
  return line;
}

}  // namespace luproof::cli

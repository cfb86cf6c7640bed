// SPDX-License-Identifier: GPL-2.0-or-later
// Mails of an mbox: subject and text, whatever the transport made of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace luproof::kernel {

struct Mail {
  std::string subject;     // on one line, encoded words decoded
  std::string message_id;  // without its brackets
  std::string text;        // quoted-printable and base64 decoded; of several parts the plain ones
};

// A text without a line "From …" in front is one mail.
std::vector<Mail> mails_of(std::string_view text);

}  // namespace luproof::kernel

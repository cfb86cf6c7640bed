// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/mail.h"

#include <algorithm>
#include <cctype>
#include <map>

namespace luproof::kernel {
namespace {

constexpr int kDeepest = 8;  // of parts in parts

using Headers = std::map<std::string, std::string>;

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

// The line at `at`, without its end; `at` moves behind it.
std::string_view take_line(std::string_view text, std::size_t& at) {
  const std::size_t end = std::min(text.find('\n', at), text.size());
  std::string_view line = text.substr(at, end - at);
  at = std::min(end + 1, text.size());
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// `underscores`: in a header, where one is a blank.
std::string quoted_printable(std::string_view text, bool underscores) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_' && underscores) {
      plain += ' ';
    } else if (text[i] != '=') {
      plain += text[i];
    } else if (i + 1 < text.size() && text[i + 1] == '\n') {
      ++i;
    } else if (i + 2 < text.size() && text[i + 1] == '\r' && text[i + 2] == '\n') {
      i += 2;
    } else if (i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      plain += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      plain += '=';
    }
  }
  return plain;
}

std::string base64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string plain;
  unsigned bits = 0, held = 0;
  for (const char c : text) {
    const std::size_t digit = kDigits.find(c);
    if (c == '=') break;
    if (digit == std::string_view::npos) continue;
    held = (held << 6 | static_cast<unsigned>(digit)) & 0xffffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    plain += static_cast<char>(held >> bits & 0xff);
  }
  return plain;
}

// "=?utf-8?q?a_b?=" in a header.
std::string decoded_words(const std::string& text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t charset =
        text.compare(at, 2, "=?") == 0 ? text.find('?', at + 2) : std::string::npos;
    const std::size_t end =
        charset == std::string::npos || charset + 2 >= text.size() || text[charset + 2] != '?'
            ? std::string::npos
            : text.find("?=", charset + 3);
    if (end == std::string::npos) {
      plain += text[at++];
      continue;
    }
    const std::string_view word = std::string_view(text).substr(charset + 3, end - charset - 3);
    plain += std::tolower(static_cast<unsigned char>(text[charset + 1])) == 'b'
                 ? base64(word)
                 : quoted_printable(word, true);
    at = end + 2;
    // The blank between two encoded words is not part of the text.
    if (text.compare(at, 3, " =?") == 0) ++at;
  }
  return plain;
}

// Header lines up to the first empty one, continued lines joined; `at` moves behind.
Headers headers_of(std::string_view text, std::size_t& at) {
  Headers headers;
  std::string name;
  while (at < text.size()) {
    const std::string_view line = take_line(text, at);
    if (line.empty()) break;
    if ((line[0] == ' ' || line[0] == '\t') && !name.empty()) {
      const std::size_t start = std::min(line.find_first_not_of(" \t"), line.size());
      headers[name] += " " + std::string(line.substr(start));
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    name = lower(line.substr(0, colon));
    const std::size_t start = std::min(line.find_first_not_of(" \t", colon + 1), line.size());
    headers[name] = std::string(line.substr(start));
  }
  return headers;
}

std::string header(const Headers& headers, const char* name) {
  const auto at = headers.find(name);
  return at == headers.end() ? "" : at->second;
}

// "boundary=…" of a content type.
std::string boundary_of(const std::string& type) {
  const std::size_t at = lower(type).find("boundary=");
  if (at == std::string::npos) return "";
  std::string value = type.substr(at + 9);
  if (!value.empty() && value[0] == '"')
    value = value.substr(1, value.find('"', 1) - 1);
  else
    value.resize(std::min(value.size(), value.find_first_of("; \t")));
  return value;
}

std::string body_of(const Headers& headers, std::string_view body, int depth) {
  const std::string type = header(headers, "content-type"), kind = lower(type);
  if (kind.starts_with("multipart/") && depth < kDeepest) {
    const std::string mark = "--" + boundary_of(type);
    if (mark.size() == 2) return "";
    std::string all;
    std::size_t part = std::string_view::npos;
    for (std::size_t at = 0; at < body.size();) {
      const std::size_t start = at;
      const std::string_view line = take_line(body, at);
      if (!line.starts_with(mark)) continue;
      if (part != std::string_view::npos) {
        const std::string_view inner = body.substr(part, start - part);
        std::size_t behind = 0;
        const Headers own = headers_of(inner, behind);
        all += body_of(own, inner.substr(behind), depth + 1);
      }
      part = at;
    }
    return all;
  }
  const bool plain = kind.empty() || kind.starts_with("text/plain") ||
                     kind.starts_with("text/x-") || kind.starts_with("application/octet-stream");
  if (!plain) return "";
  const std::string encoding = lower(header(headers, "content-transfer-encoding"));
  if (encoding.starts_with("quoted-printable")) return quoted_printable(body, false);
  if (encoding.starts_with("base64")) return base64(body);
  return std::string(body);
}

bool begins_mail(std::string_view line) {
  // "From b4 Thu Jan  1 …"; a line of text that begins so is ">From".
  return line.starts_with("From ") &&
         std::any_of(line.begin(), line.end(), [](char c) { return c == ':'; });
}

Mail mail_of(std::string_view text) {
  std::size_t at = 0;
  const Headers headers = headers_of(text, at);
  Mail mail;
  mail.subject = decoded_words(header(headers, "subject"));
  mail.message_id = header(headers, "message-id");
  if (mail.message_id.starts_with("<")) mail.message_id.erase(0, 1);
  if (mail.message_id.ends_with(">")) mail.message_id.pop_back();
  // A plain diff has no headers.
  mail.text = headers.count("subject") ? body_of(headers, text.substr(at), 0) : std::string(text);
  mail.text.erase(std::remove(mail.text.begin(), mail.text.end(), '\r'), mail.text.end());
  return mail;
}

}  // namespace

std::vector<Mail> mails_of(std::string_view text) {
  std::vector<Mail> mails;
  std::size_t start = 0;
  bool blank = true;  // a mail begins behind an empty line
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t here = at;
    const std::string_view line = take_line(text, at);
    if (blank && begins_mail(line)) {
      if (here > start) mails.push_back(mail_of(text.substr(start, here - start)));
      start = at;
    }
    blank = line.empty();
  }
  if (start < text.size()) mails.push_back(mail_of(text.substr(start)));
  return mails;
}

}  // namespace luproof::kernel

// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/drift.h"

#include <algorithm>
#include <tuple>

#include "kernel/c_functions.h"

namespace luproof::kernel {
namespace {

constexpr std::size_t kFewTokens = 25;  // shorter functions are alike by chance

using Named = std::map<std::string, CFunction, std::less<>>;

Named functions_in(const Tree& tree, const std::string& file) {
  const auto source = tree.read(file);
  return source ? by_name(functions_of(source->text)) : Named();
}

class Comparison {
 public:
  Comparison(const Tree& tree, const Fingerprints& recorded, const Citations& citations)
      : tree_(tree), recorded_(recorded), citations_(citations) {
    for (const Fingerprint& f : recorded.functions) known_.insert({f.function, f.file});
    result_.kernel = recorded.kernel;
    result_.recorded = recorded.release;
    result_.release = tree.release();
  }

  Drift run(const std::vector<std::string>& folders, const Progress& progress) {
    bool all_seen = where_they_were(progress);
    if (all_seen && !missing_.empty()) all_seen = look_everywhere(tree_.sources(folders), progress);
    for (const Fingerprint* f : missing_)
      if (all_seen)
        settle(*f);
      else
        result_.unsettled.push_back(f->file + ":" + f->function);
    for (const std::string& place : recorded_.absent)
      if (all_seen) appeared(place);
    unrecorded();
    auto& all = result_.drifted;
    std::stable_sort(all.begin(), all.end(), [](const Drifted& a, const Drifted& b) {
      return std::tie(a.file, a.function) < std::tie(b.file, b.function);
    });
    return std::move(result_);
  }

 private:
  struct Found {
    std::string function, file;
    int line = 0;
  };

  bool where_they_were(const Progress& progress) {
    std::map<std::string, std::vector<const Fingerprint*>> by_file;
    for (const Fingerprint& f : recorded_.functions)
      if (const auto who = who_speaks(f); !who.empty()) by_file[f.file].push_back(&f);
    bool going = true;
    std::size_t done = 0;
    for (const auto& [file, fingerprints] : by_file) {
      going = going && progress(done++, by_file.size());
      if (!going) {
        result_.uncompared += fingerprints.size();
        continue;
      }
      const Named now = functions_in(tree_, file);
      for (const Fingerprint* f : fingerprints) {
        ++result_.functions;
        const auto at = now.find(f->function);
        if (at == now.end())
          missing_.push_back(f);
        else if (at->second.hash != f->hash)
          add(Fate::Changed, *f, {f->function, file, at->second.line});
      }
    }
    return going;
  }

  // Names and codes that are missing, wherever they are now.
  bool look_everywhere(const std::vector<std::string>& sources, const Progress& progress) {
    std::set<std::string> names;
    std::set<std::uint64_t> hashes;
    for (const Fingerprint* f : missing_) {
      names.insert(f->function);
      hashes.insert(f->hash);
    }
    std::size_t done = 0;
    for (const std::string& file : sources) {
      for (const auto& [name, function] : functions_in(tree_, file)) {
        if (known_.count({name, file})) continue;
        const Found found{name, file, function.line};
        if (names.count(name)) by_name_[name].push_back({found, function.hash});
        if (hashes.count(function.hash) && function.tokens >= kFewTokens)
          by_hash_[function.hash].push_back(found);
      }
      if (!progress(++done, sources.size())) return false;
    }
    return true;
  }

  void settle(const Fingerprint& f) {
    const auto& named = by_name_[f.function];
    const auto same = std::find_if(named.begin(), named.end(),
                                   [&](const auto& other) { return other.second == f.hash; });
    if (same != named.end()) return add(Fate::Moved, f, same->first);
    // The same code under another name, best in the same file, says more than a name alone.
    const auto& alike = by_hash_[f.hash];
    const auto near = std::find_if(alike.begin(), alike.end(),
                                   [&](const Found& other) { return other.file == f.file; });
    if (near != alike.end()) return add(Fate::Renamed, f, *near);
    if (!named.empty()) return add(Fate::Elsewhere, f, named.front().first);
    if (!alike.empty()) return add(Fate::Renamed, f, alike.front());
    add(Fate::Gone, f, {});
  }

  void appeared(const std::string& text) {
    const auto [file, function] = split_place(text);
    if (function.empty()) return;
    const auto who = citations_.functions.find({file, function});
    if (who == citations_.functions.end()) return;
    const Named now = functions_in(tree_, file);
    if (const auto at = now.find(function); at != now.end())
      add(Fate::Appeared, {function, file, 0}, {function, file, at->second.line});
  }

  void unrecorded() {
    const auto& absent = recorded_.absent;
    for (const auto& [place, who] : citations_.functions) {
      const std::string &file = place.first, &function = place.second;
      const bool said = std::any_of(who.begin(), who.end(),
                                    [](const Citation& c) { return c.how != Speaks::Sentence; });
      const std::string text = file.empty() ? function : file + ":" + function;
      const bool known = std::any_of(known_.begin(), known_.end(), [&](const auto& k) {
        return k.first == function && (file.empty() || k.second == file);
      });
      if (said && !known && std::find(absent.begin(), absent.end(), text) == absent.end())
        result_.unrecorded.push_back(text);
    }
  }

  std::vector<Citation> who_speaks(const Fingerprint& f) const {
    std::vector<Citation> who;
    for (const std::string& file : {f.file, std::string()})
      if (const auto at = citations_.functions.find({file, f.function});
          at != citations_.functions.end())
        who.insert(who.end(), at->second.begin(), at->second.end());
    return who;
  }

  void add(Fate fate, const Fingerprint& f, const Found& now) {
    Drifted d{fate, f.function, f.file, now.function, now.file, now.line, who_speaks(f), {}};
    std::set<std::string> users;
    for (const Citation& c : d.who)
      if (const auto at = citations_.users.find(c.path); at != citations_.users.end())
        users.insert(at->second.begin(), at->second.end());
    d.users.assign(users.begin(), users.end());
    result_.drifted.push_back(std::move(d));
  }

  const Tree& tree_;
  const Fingerprints& recorded_;
  const Citations& citations_;
  std::set<std::pair<std::string, std::string>> known_;  // function, file
  std::vector<const Fingerprint*> missing_;
  std::map<std::string, std::vector<std::pair<Found, std::uint64_t>>> by_name_;
  std::map<std::uint64_t, std::vector<Found>> by_hash_;
  Drift result_;
};

}  // namespace

const char* text_of(Fate fate) {
  switch (fate) {
    case Fate::Changed:
      return "changed";
    case Fate::Moved:
      return "moved";
    case Fate::Elsewhere:
      return "moved and changed";
    case Fate::Renamed:
      return "renamed";
    case Fate::Gone:
      return "gone";
    case Fate::Appeared:
      return "appeared";
  }
  return "";
}

Drift drift(const Tree& tree, const std::vector<std::string>& folders, const Fingerprints& recorded,
            const Citations& citations, const Progress& progress) {
  return Comparison(tree, recorded, citations).run(folders, progress);
}

}  // namespace luproof::kernel

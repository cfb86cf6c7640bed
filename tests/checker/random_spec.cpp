// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/checker/random_spec.h"

namespace luproof::checker {

std::string RandomSpec::vf(const Scope& s) {
  std::vector<std::string> all = {"vf0", "vf1"};
  all.insert(all.end(), s.vfs.begin(), s.vfs.end());
  all.insert(all.end(), s.vfs.begin(), s.vfs.end());
  return chance(3) ? "chosen" : one_of(all);  // `chosen` may be none
}

std::string RandomSpec::function(const Scope& s) {
  std::vector<std::string> all = {"rp", "pf0", "vf0"};
  all.insert(all.end(), s.functions.begin(), s.functions.end());
  all.insert(all.end(), s.vfs.begin(), s.vfs.end());
  return one_of(all);
}

std::string RandomSpec::integer(const Scope& s, int depth) {
  if (depth > 2 || chance(40)) {
    std::vector<std::string> leaves = {"0", "1", "2", "level", "kernel"};
    leaves.insert(leaves.end(), s.ints.begin(), s.ints.end());
    return one_of(leaves);
  }
  switch (pick(4)) {
    case 0:
      return integer(s, depth + 1) + " + " + integer(s, depth + 1);
    case 1:
      return integer(s, depth + 1) + " - " + integer(s, depth + 1);
    case 2:
      return "queue.count()";
    default: {
      const std::string q = fresh("q");
      return "vf.count(" + q + ", " + q + ".flag)";
    }
  }
}

std::string RandomSpec::boolean(const Scope& s, int depth) {
  if (depth > 2 || chance(35)) {
    std::vector<std::string> leaves = {"busy",
                                       "not busy",
                                       vf(s) + ".flag",
                                       function(s) + ".mastering",
                                       "phase == Ready",
                                       "phase != Done",
                                       "chosen == none",
                                       "handed(token)",
                                       "written(token)",
                                       vf(s) + " in queue",
                                       vf(s) + " in marked",
                                       "queue.empty",
                                       vf(s) + ".upstream.all(b9, b9.mastering)"};
    if (chance(6))
      leaves = {"received(token)", "queue.last == vf1", "level in [0, 2]", function(s) + " is vf",
                vf(s) + " in [" + vf(s) + ", " + vf(s) + "]",
                // Who is asked first says which fault it is.
                "if(" + vf(s) + " == " + vf(s) + ", received(token), chosen.flag)"};
    leaves.insert(leaves.end(), s.bools.begin(), s.bools.end());
    if (pools_ && !s.sessions.empty()) leaves.push_back(one_of(s.sessions) + ".open");
    std::string leaf = one_of(leaves);
    if (const auto at = leaf.find("b9"); at != std::string::npos) {
      const std::string name = fresh("b");
      for (std::size_t i = 0; (i = leaf.find("b9", i)) != std::string::npos; i += name.size())
        leaf.replace(i, 2, name);
    }
    return leaf;
  }
  const std::string q = fresh("q");
  Scope inner = s;
  inner.vfs.push_back(q);
  switch (pick(9)) {
    case 0:
      return "(" + boolean(s, depth + 1) + " and " + boolean(s, depth + 1) + ")";
    case 1:
      return "(" + boolean(s, depth + 1) + " or " + boolean(s, depth + 1) + ")";
    case 2:
      return "not (" + boolean(s, depth + 1) + ")";
    case 3:
      return "(" + boolean(s, depth + 1) + " implies " + boolean(s, depth + 1) + ")";
    case 4:
      return set_of_vfs(s, true) + ".all(" + q + ", " + boolean(inner, depth + 2) + ")";
    case 5:
      return set_of_vfs(s, true) + ".exists(" + q + ", " + boolean(inner, depth + 2) + ")";
    case 6:
      return integer(s, depth + 1) + one_of({" < ", " <= ", " == "}) + integer(s, depth + 1);
    case 7:
      return vf(s) + " in " + set_of_vfs(s, true);
    default:
      return "ready(" + vf(s) + ")";
  }
}

std::string RandomSpec::set_of_vfs(const Scope& s, bool live, int depth) {
  if (!live) return one_of({"vf", "pf0.vfs"});
  const std::string q = fresh("w");
  Scope inner = s;
  inner.vfs = {q};
  switch (pick(depth > 1 ? 7 : 11)) {
    case 0:
      return "vf";
    case 7:  // mixes what has an order and what has none
      return "if(" + boolean(s, 3) + ", " + set_of_vfs(s, true, depth + 1) + ", " +
             set_of_vfs(s, true, depth + 1) + ")";
    case 8:
      return "before(queue, " + vf(s) + ")";
    case 9:
      return set_of_vfs(s, true, depth + 1) + ".where(" + q + ", " + boolean(inner, 3) + ")";
    case 10:
      return "queue.where(" + q + ", " + boolean(inner, 3) + ").reversed";
    case 6:
      return "kin(" + vf(s) + ")";
    case 1:
      return "pf0.vfs";
    case 2:
      return "queue";
    case 3:
      return "marked";
    case 4:
      return "queue.reversed";
    default:
      return "vf.where(" + q + ", " + q + ".flag)";
  }
}

void RandomSpec::effect(int indent, const Scope& s) {
  switch (pick(s.atomic ? 11 : 13)) {
    case 0:
      line(indent, "busy = " + boolean(s, 1));
      break;
    case 1:
      line(indent, vf(s) + ".flag = " + boolean(s, 1));
      break;
    case 2:
      line(indent, function(s) + ".mastering = " + one_of({"true", "false", "busy"}));
      break;
    case 3:
      line(indent, "phase = " + one_of({"Idle", "Ready", "Done"}));
      break;
    case 4:
      line(indent, "level = " + (chance(85) ? one_of({"0", "1", "2"}) : integer(s, 1)));
      break;
    case 5:
      line(indent, "chosen = " + (chance(30) ? "none" : vf(s)));
      break;
    case 6:
    case 7: {  // mostly with the test that makes it legal, which others may get in between
      const bool append = chance(60);
      const std::string v = vf(s);
      int at = indent;
      if (chance(90)) {
        line(indent, "if " + std::string(append ? "not (" : "(") + v + " in queue):");
        at += 2;
      }
      line(at, append ? "queue.append(" + v + ")" : "queue.remove(" + v + ")");
      break;
    }
    case 8:
      line(indent, chance(50) ? "marked.append(" + vf(s) + ")" : "marked.remove(" + vf(s) + ")");
      break;
    case 9:
      line(indent, chance(70) ? "token = " + one_of({"true", "busy"}) : "unwrite token");
      break;
    case 10:
      line(indent, "busy, level = " + boolean(s, 2) + ", " + one_of({"0", "1", "2"}));
      break;
    case 11:
      line(indent, chance(80) ? "get users" : "put users");
      if (chance(60)) line(indent, "put users");
      break;
    default:
      line(indent, chance(90) ? "shake(" + vf(s) + ")" : "restore token");
      break;
  }
}

std::string RandomSpec::order_of(const std::string& set) {
  if (chance(50)) return "";
  if (set.find("queue") != std::string::npos) return chance(50) ? " order registration" : "";
  return " order " +
         one_of({"any", "children-first", "parents-first", "registration", "reverse-registration"});
}

void RandomSpec::loop(int indent, Scope s, int budget) {
  const std::string name = fresh("v");
  const bool all = chance(25);
  const std::string set = all ? "function" : set_of_vfs(s, chance(60));
  std::string head = "for " + name + " in ";
  Scope inner = s;
  (all ? inner.functions : inner.vfs).push_back(name);
  if (chance(20)) {
    head += "snapshot(" + set + ")";
  } else {
    head += set;
    if (chance(30)) head += " where " + (all ? name + ".mastering" : boolean(inner, 2));
  }
  line(indent, head + order_of(set) + ":");
  inner.in_loop = true;
  ++inner.depth;
  block(indent + 2, inner, budget);
}

void RandomSpec::failing(int indent, Scope& s) {
  if (chance(40) || procedures_ <= s.procedure + 1) {
    line(indent, acts_ && chance(40)
                     ? "may-fail trouble -> -EIO"
                     : "check " + boolean(s, 1) + " else " + one_of({"-EBUSY", "-EIO"}));
    return;
  }
  const int callee = s.procedure + 1 + pick(procedures_ - s.procedure - 1);
  line(indent, "try step" + std::to_string(callee) + "(" + one_of({"vf0", "vf1"}) + ")" +
                   (chance(70) ? " undo back(" + (s.vfs.empty() ? "vf1" : s.vfs[0]) + ")" : ""));
}

void RandomSpec::invoke(int indent, Scope& s) {
  if (procedures_ <= s.procedure + 1) return effect(indent, s);
  const int callee = s.procedure + 1 + pick(procedures_ - s.procedure - 1);
  const std::string call =
      "step" + std::to_string(callee) + "(" + (s.vfs.empty() ? "vf0" : one_of(s.vfs)) + ")";
  if (chance(50)) {
    line(indent, "ignore " + call);
    return;
  }
  const std::string result = fresh("r");
  line(indent, "let " + result + " = " + call);
  s.bools.push_back(result + " == 0");
}

void RandomSpec::pool(int indent, Scope& s) {
  if (s.sessions.empty() || chance(40)) {
    const std::string name = fresh("s");
    line(indent,
         "let " + name + " = new session" + (s.errno_result && chance(70) ? " else -ENOSPC" : ""));
    s.sessions.push_back(name);
    return;
  }
  const std::string name = one_of(s.sessions);
  switch (pick(4)) {
    case 0:
      line(indent, name + ".open = " + one_of({"true", "false"}));
      break;
    case 1:
      line(indent, "current = " + name);
      break;
    case 2:
      line(indent, "free " + name);
      break;
    default:
      line(indent, "carried = " + name);
      break;
  }
}

void RandomSpec::compound(int indent, Scope& s, int budget) {
  Scope inner = s;
  ++inner.depth;
  switch (pick(6)) {
    case 0:
    case 1:
      line(indent, "if " + boolean(s, 1) + ":");
      block(indent + 2, inner, budget);
      if (chance(50)) {
        line(indent, "else:");
        block(indent + 2, inner, budget);
      }
      break;
    case 2:
      loop(indent, s, budget);
      break;
    case 3:
      if (s.holds > 0 && chance(80)) return effect(indent, s);
      ++inner.holds;
      line(indent,
           rwlock_ && chance(50) ? "with " + one_of({"read", "write"}) + " rw:" : "with m:");
      block(indent + 2, inner, budget);
      break;
    case 4:
      inner.atomic = true;
      line(indent, "atomic:");
      effect(indent + 2, inner);
      effect(indent + 2, inner);
      break;
    default:
      line(indent, "either:");
      block(indent + 2, inner, 1);
      line(indent, "or:");
      block(indent + 2, inner, 1);
      break;
  }
}

void RandomSpec::statement(int indent, Scope& s, int budget) {
  const int kind = pick(100);
  if (kind < 45) return effect(indent, s);
  if (kind < 65 && s.depth < 3 && budget > 0) return compound(indent, s, budget - 1);
  if (kind < 75 && s.errno_result) return failing(indent, s);
  if (kind < 85) return invoke(indent, s);
  if (kind < 90 && pools_) return pool(indent, s);
  if (kind < 94) {
    const std::string name = fresh("n");
    const bool number = chance(50);
    line(indent, "let " + name + " = " + (number ? integer(s, 2) : boolean(s, 1)));
    (number ? s.ints : s.bools).push_back(name);
    return;
  }
  if (kind < 96 && (s.errno_result || s.void_result) && s.depth > 0)
    return line(indent, s.errno_result ? "return 0" : "return");
  if (kind < 98)
    return line(
        indent, "each " + [&] {
          const std::string v = fresh("e");
          return v + " in vf where " + v + ".flag: " + v + ".flag = busy";
        }());
  const std::string name = fresh("p");
  line(indent, "pick " + name + " in " + set_of_vfs(s, true));
  s.vfs.push_back(name);
}

void RandomSpec::block(int indent, Scope s, int budget) {
  const int n = s.procedure < 0 && s.depth == 0 ? 2 + pick(4) : 1 + pick(s.depth > 1 ? 2 : 3);
  for (int i = 0; i < n; ++i) statement(indent, s, budget);
}

std::string RandomSpec::procedures() {
  code_.clear();
  for (int i = 0; i < procedures_; ++i) {
    line(2, "step" + std::to_string(i) + "(vf a" + std::to_string(i) + ") -> errno: |");
    Scope s;
    s.vfs = {"a" + std::to_string(i)};
    s.errno_result = true;
    s.procedure = i;
    block(4, s, 2);
    const std::string callee = "step" + std::to_string(i + 1) + "(a" + std::to_string(i) + ")";
    line(4, "return " + (i + 1 < procedures_ && chance(40) ? callee : one_of({"0", "0", "-EIO"})));
  }
  line(2, "back(vf a9): |");
  line(4, "a9.flag = not a9.flag");
  if (chance(50)) line(4, "level = 0");
  line(2, "drained(): |");
  line(4, "phase = Idle");
  return code_;
}

std::string RandomSpec::actors() {
  code_.clear();
  const int actors = chance(80) ? 2 : 1;
  for (int i = 0; i < actors; ++i) {
    line(2, "actor" + std::to_string(i) + ":");
    line(4,
         "life: " + one_of({"kernel", "userspace", i == 1 && chance(40) ? "hardware" : "kernel"}));
    line(4, "in: " + one_of({"every kernel", "every kernel", "old", "new"}));
    if (i == 1 && chance(25)) line(4, chance(50) ? "every: vf" : "tasks: 2");
    line(4, "code: |");
    Scope s;
    s.procedure = -1;
    block(6, s, 2);
    if (kexec_ && i == 0) line(6, chance(70) ? "kexec" : "kexec carries " + boolean(s, 2));
  }
  if (chance(6)) {  // what goes round for ever
    line(2, "circling:");
    line(4, "life: " + one_of({"hardware", "userspace"}));
    line(4, "code: |");
    line(6, "forever:");
    effect(8, Scope());
  }
  return code_;
}

std::string RandomSpec::properties() {
  code_.clear();
  Scope s;
  line(2, "one:");
  line(4, "never: " + boolean(s, 1));
  line(2, "two:");
  line(4, "for: t in claimed(kept)");
  line(4, "never: t.mastering != was(t.mastering)");
  line(2, "three:");
  line(4, "step: level <= old(level) + 1");
  line(2, "four:");
  line(4, "at: " + (kexec_ && chance(50) ? std::string("kexec") : "step0 returns error"));
  line(4, "always: busy");
  return code_;
}

std::string RandomSpec::text() {
  pools_ = chance(35);
  kexec_ = chance(50);
  acts_ = chance(50);
  rwlock_ = chance(50);
  procedures_ = 1 + pick(3);
  std::string t = "case: random\n";
  t += "topology:\n  rp: {kind: port, bdf: \"0000:00:1c.0\", secondary: 1, subordinate: 1}\n"
       "  pf0: {kind: pf, under: rp, bdf: \"0000:01:00.0\", first_vf_offset: 128, vf_stride: 2, "
       "total_vfs: 2}\n"
       "  vf0: {kind: vf, of: pf0, index: 0}\n  vf1: {kind: vf, of: pf0, index: 1}\n";
  if (pools_) t += "entities: {session: {pool: 2}}\n";
  t += "kinds: {phases: [Idle, Ready, Done]}\n";
  t += "locks: {m: mutex, rw: rwlock" + std::string(chance(30) ? " unfair" : "") + "}\n";
  t += "environment: {trouble: {at-most: 1}}\n";
  if (acts_) t += "allow: [trouble]\n";
  t += "state:\n  kernel:\n    busy: bool = " + one_of({"true", "false"}) +
       one_of({"", " boot handed(token)"}) + "\n";
  t += "    vf.flag: bool = false\n    phase: phases\n    level: int 0..2\n    chosen: ref vf\n    "
       "queue: list of vf\n    users: refcount 0..2 at zero drained\n";
  if (pools_) t += "    session.open: bool = true\n    current: ref session\n";
  t += "  hardware:\n    function.mastering: bool = " + one_of({"true", "true", "false"}) +
       "\n    marked: set of vf\n";
  t += "  handover:\n    token: bool\n";
  if (pools_) t += "    carried: ref session\n";
  t += "define:\n  \"ready(vf d9)\": d9.flag or d9.mastering\n";
  t += "  \"kin(vf d8)\": vf.where(y8, y8 == d8 or y8.flag)\n";
  code_.clear();
  line(2, "shake(vf g):");
  line(4, "do: |");
  Scope s;
  s.vfs = {"g"};
  s.atomic = true;
  effect(6, s);
  line(6, "if " + boolean(s, 1) + ":");
  effect(8, s);
  if (chance(40)) {
    line(2, "spontaneous(vf h):");
    line(4, "when: h.flag");
    line(4, "do: |");
    line(6, "h.flag = false");
    if (acts_ && chance(50)) line(4, "act: trouble");
  }
  t += "events:\n" + code_;
  t += "procedures:\n" + procedures();
  t += "actors:\n" + actors();
  t += "claims:\n  held:\n    for: vf c\n    level: kept\n    from: c.flag\n    until: phase == "
       "Done\n";
  t += "properties:\n" + properties();
  return t;
}

}  // namespace luproof::checker

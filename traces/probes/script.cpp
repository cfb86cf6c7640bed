// SPDX-License-Identifier: GPL-2.0-or-later
// The form `tracefs`: a script for a POSIX shell (that of busybox will do) and nothing else.
//
// What is fixed stands in one text; what the plan says is three functions in front of it. Probes
// that outlive their kernel in a persistent buffer are numbered: in the next kernel they have to be
// defined again in the same order before the buffer is read, so the same script does both.
#include <fmt/format.h>

#include "traces/probes/words.h"

namespace luproof::traces {

namespace {

constexpr const char* kUsage =
    R"sh(#
# usage: sh record.sh start|save|read [FOLDER]
#   start  define the probes, write FOLDER/before.lspci and start recording; in the buffer
#          'boot_map' where the command line made it, which outlives this kernel
#   save   stop, and write FOLDER/capture.trace, its statistics and after.lspci
#   read   in the kernel after a kexec, with the same FOLDER: write what it recorded while it
#          booted (new.trace) and what the old one left in 'boot_map' (old.trace)
)sh";

constexpr const char* kFixed = R"sh(
tracefs=${TRACEFS:-/sys/kernel/tracing}
sysfs=${SYSFS:-/sys}
folder=${2:-.}

say() { echo "record: $*" >&2; }
die() { say "$*"; exit 1; }
put() { { echo "$1" > "$2"; } 2>/dev/null; }
append() { { echo "$1" >> "$2"; } 2>/dev/null; }

defined() { cat "$tracefs/dynamic_events" 2>/dev/null || cat "$tracefs/kprobe_events"; }

# One pass over the probes, in their order: what probe and probe_return do with each of them.
mode=define pads=0 complete=yes count=0
pass() { mode=$1 complete=yes count=0; define; }
id() { cat "$tracefs/events/$group/$1/id" 2>/dev/null; }
old_id() { sed -n "s/^$1 //p" "$folder/ids.txt"; }

# probe EVENT FUNCTION [ARGUMENTS]: a kprobe, or an fprobe in a kernel that has only those.
probe() { each "p:$group/$1 $2${3:+ $3}" "f:$group/$1 $2${3:+ $3}" "$1" "$2"; }
probe_return() { each "r:$group/$1 $2${3:+ $3}" "f:$group/$1 $2%return${3:+ $3}" "$1" "$2"; }
each() {
  count=$((count + 1))
  case $mode in
    check) defined | grep -qxF -e "$1" -e "$2" || complete=no ;;
    ids) if [ -n "$(id "$3")" ]; then echo "$3 $(id "$3")"; fi ;;
    compare) if [ "$(id "$3")" != "$(old_id "$3")" ]; then complete=no; fi ;;
    define) add "$@" || say "not recorded: $4 (inlined, not in this kernel, or other arguments)" ;;
    number) if [ -n "$(old_id "$3")" ]; then number "$@" || complete=no; fi ;;
  esac
}
add() { append "$1" "$tracefs/kprobe_events" || append "$2" "$tracefs/dynamic_events"; }

# The probe gets the number that it had in the old kernel: others take those in between.
number() {
  add "$@" || return 1
  while [ "$(id "$3")" -lt "$(old_id "$3")" ] && [ $pads -lt 2000 ]; do
    append "-:$group/$3" "$tracefs/dynamic_events" || return 1
    pads=$((pads + 1))
    append "p:${group}_pads/pad$pads $4" "$tracefs/kprobe_events" || return 1
    add "$@" || return 1
  done
  [ "$(id "$3")" = "$(old_id "$3")" ]
}
filter() {
  put "$2" "$here/events/$group/$1/filter" || say "no filter on $1: more lines than expected"
}

# Probes can only be taken away while nobody records them.
undefine() {
  for enable in "$tracefs/events/$group/enable" "$tracefs"/instances/*/events/"$group"/enable; do
    if [ -e "$enable" ]; then put 0 "$enable"; fi
  done
  for events in kprobe_events dynamic_events; do
    if [ -e "$tracefs/$events" ]; then put '' "$tracefs/$events"; fi
  done
}

# As lspci prints it, also where there is no lspci.
topology() {
  if command -v lspci > /dev/null; then lspci -D -xxxx 2>/dev/null; return; fi
  for device in "$sysfs"/bus/pci/devices/*; do
    [ -e "$device/config" ] || continue
    read -r class < "$device/class"
    printf '%s Class %s\n' "${device##*/}" "${class#0x}"
    od -A x -t x1 -v "$device/config" | sed -n 's/^0*\([0-9a-f]\{2,\}\)  *\(.*\)/\1: \2/p'
    echo
  done
}

# capture INSTANCE RELEASE: the buffer, and what its own header leaves out.
capture() {
  echo "# Linux version $2"
  echo "# clock: $(sed 's/.*\[\(.*\)\].*/\1/' "$1/trace_clock" 2>/dev/null)"
  cat "$1/trace"
}

# statistics INSTANCE: the only place that tells of dropped events.
statistics() {
  for cpu in "$1"/per_cpu/cpu*; do
    if [ -e "$cpu/stats" ]; then echo "== $cpu/stats"; cat "$cpu/stats"; fi
  done
}

start() {
  here=$tracefs/instances/$persistent
  [ -d "$here" ] || here=$tracefs/instances/$group
  [ -d "$here" ] || mkdir "$here" || die "cannot make the instance $here"
  put 0 "$here/tracing_on"
  # Probes of the command line stay, if they are these and no others: their numbers are.
  pass check
  if [ $complete = yes ] && [ "$(defined | grep -c "$group/")" = $count ]; then put 0 "$tracefs/events/$group/enable"; else undefine; pass define; fi
  pass ids > "$folder/ids.txt"
  # The next kernel empties a persistent buffer of another clock than its own.
  if [ "$here" != "$tracefs/instances/$persistent" ]; then
    put "$((buffer_kib / $(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)))" \
      "$here/buffer_size_kb" || say "the buffer stays small"
    put mono "$here/trace_clock" || say "the clock stays as it is"
  fi
  put 1 "$here/options/record-tgid" || put 1 "$tracefs/options/record-tgid"
  put '' "$here/trace"
  filters
  topology > "$folder/before.lspci"
  defined > "$folder/probes.txt"
  uname -r > "$folder/kernel.txt"
  put 1 "$here/events/$group/enable" || die "no probe could be set: see $tracefs/error_log"
  put 1 "$here/tracing_on"
  put 'luproof: recording' "$here/trace_marker"
  say "recording into $here"
}

save() {
  here=$tracefs/instances/$persistent
  [ -d "$here" ] || here=$tracefs/instances/$group
  [ -d "$here" ] || die "nothing is recording: start was not called"
  put 0 "$here/tracing_on"
  capture "$here" "$(uname -r)" > "$folder/capture.trace"
  statistics "$here" > "$folder/capture.stats.txt"
  topology > "$folder/after.lspci"
  say "wrote $folder/capture.trace"
}

new_kernel() {
  topology > "$folder/after.lspci"
  put 0 "$tracefs/tracing_on"
  capture "$tracefs" "$(uname -r)" > "$folder/new.trace"
  statistics "$tracefs" > "$folder/new.stats.txt"
  defined > "$folder/new.probes.txt"
  here=$tracefs/instances/$persistent
  if [ ! -d "$here" ]; then
    say "no buffer $persistent: the old kernel's lines are elsewhere"
    return
  fi
  [ -s "$folder/ids.txt" ] && [ -s "$folder/kernel.txt" ] ||
    die "copy ids.txt and kernel.txt, which start has written, into $folder"
  # Lines in the buffer have only the number of their event, and this kernel has given numbers too.
  pass compare
  if [ $complete = no ]; then
    put 0 "$tracefs/events/$group/enable"
    put '' "$tracefs/kprobe_events"
    pass number
    [ $complete = yes ] || die "$persistent cannot be read: its events have numbers of others here;\
 boot both kernels with the same kprobe_event=, or read it before modules are loaded"
  fi
  capture "$here" "$(cat "$folder/kernel.txt")" > "$folder/old.trace"
  statistics "$here" > "$folder/old.stats.txt"
  say "wrote $folder/old.trace and $folder/new.trace"
}

[ -e "$tracefs/trace" ] || mount -t tracefs tracefs "$tracefs" || die "there is no tracefs"
mkdir -p "$folder" || die "cannot make $folder"
case ${1:-} in
  start) start ;;
  save) save ;;
  read) new_kernel ;;
  *) die "usage: sh record.sh start|save|read [FOLDER]" ;;
esac
)sh";

}  // namespace

std::string tracefs_script(const Plan& plan) {
  std::string text = "#!/bin/sh\n";
  for (const std::string& remark : remarks(plan)) text += comment(remark);
  if (!plan.early.empty())
    text += comment(fmt::format(
        "{} run before probes can be set: boot the new kernel with what --form cmdline prints.",
        fmt::join(plan.early, ", ")));
  text += kUsage;
  text += "set -u\n";
  text += fmt::format("group={}\npersistent={}\nbuffer_kib={}\n\n", kGroup, kPersistent,
                      plan.buffer_mib * 1024);
  text += "define() {\n";
  for (const Plan::Probe& probe : plan.probes)
    text += fmt::format("  {} {} {}{}\n", probe.at_return ? "probe_return" : "probe",
                        shell_word(probe.event), shell_word(probe.function),
                        probe.arguments.empty() ? "" : " " + shell_word(probe.arguments));
  text += "}\nfilters() {\n  :\n";
  for (const Plan::Probe& probe : plan.probes)
    if (!probe.filter.empty())
      text += fmt::format("  filter {} {}\n", shell_word(probe.event), shell_word(probe.filter));
  text += "}\n";
  return text + kFixed;
}

std::string trace_cmd_script(const Plan& plan) {
  std::string text = "#!/bin/sh\n";
  for (const std::string& remark : remarks(plan)) text += comment(remark);
  text += comment(
      "trace-cmd ends with its kernel: this records what happens before a kexec. Stop it with ^C.");
  text += "lspci -D -xxxx > before.lspci\n";
  for (const Plan::Probe& probe : plan.probes)
    text += fmt::format("echo {} >> /sys/kernel/tracing/kprobe_events\n",
                        shell_word(fmt::format(
                            "{}:{}/{} {}{}{}", probe.at_return ? "r" : "p", kGroup, probe.event,
                            probe.function, probe.arguments.empty() ? "" : " ", probe.arguments)));
  text += "cat /sys/kernel/tracing/kprobe_events > probes.txt\n";
  text += fmt::format("trace-cmd record -o capture.dat -C mono -b {}", plan.buffer_mib * 1024);
  for (const Plan::Probe& probe : plan.probes) {
    text += fmt::format(" -e {}", shell_word(fmt::format("{}:{}", kGroup, probe.event)));
    if (!probe.filter.empty()) text += fmt::format(" -f {}", shell_word(probe.filter));
  }
  return text + "\n";
}

}  // namespace luproof::traces

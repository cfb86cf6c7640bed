// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/reproduce/script_text.h"

namespace luproof::report {

const char* const kScriptUsage = R"sh(#
# usage: sh reproduce.sh start|old|new|facts [FOLDER], as root
#   start  make the machine as the run begins, and find who plays which part (roles.txt)
#   old    do what is done before a kexec; `sh record.sh start` comes before it
#   new    do what is done in the next kernel, with roles.txt in FOLDER
#   facts  what the capture is to be judged by: options of luproof trace
# ROLES="pf0=0000:01:00.0 …" says who plays a part. VFIO needs vfio_hold (contrib/rig) in $PATH.
)sh";

const char* const kScriptFixed = R"sh(
sysfs=${SYSFS:-/sys}
tracefs=${TRACEFS:-/sys/kernel/tracing}
devices=$sysfs/bus/pci/devices
seconds=${SECONDS_AT_MOST:-60}
folder=${2:-.}

say() { echo "reproduce: $*" >&2; }
die() { say "$*"; exit 1; }

# ---------------------------------------------------------------- which function plays which part
# In this order: what ROLES says ("pf0=0000:01:00.0 …"), what was found before, what is found now.
at() {
  for given in ${ROLES:-}; do
    if [ "${given%%=*}" = "$1" ]; then echo "${given#*=}"; return; fi
  done
  found=$(sed -n "s/^$1 //p" "$folder/roles.txt" 2>/dev/null)
  if [ -n "$found" ]; then echo "$found"; else find_role "$1"; fi
}
# need NAME: $at_NAME is its address from here on.
need() {
  address=$(at "$1")
  case $address in
    *[!0-9a-f:.]* | '') die "no function of this machine is $1; say it: ROLES=\"$1=0000:01:00.0\"" ;;
    ????*:??:??.?) ;;
    *) die "'$address' is no address of a function, for $1" ;;
  esac
  eval "at_$1=\$address"
  grep -qx "$1 $address" "$folder/roles.txt" 2>/dev/null || echo "$1 $address" >> "$folder/roles.txt"
}
is_here() { [ -e "$devices/$1" ] && echo "$1"; }
pf_number() {
  number=0
  for device in "$devices"/*; do
    [ -e "$device/sriov_numvfs" ] || continue
    number=$((number + 1))
    if [ $number = "$1" ]; then echo "${device##*/}"; return; fi
  done
}
vf_of() { basename "$(readlink "$devices/$1/virtfn$2")"; }
port_above() { basename "$(dirname "$(readlink -f "$devices/$1")")"; }

# --------------------------------------------------------------------------------- what can be done
write() { # TEXT FILE
  [ -e "$2" ] || { say "there is no $2"; return 1; }
  { echo "$1" > "$2"; } 2>/dev/null || { say "the kernel refuses '$1' in $2"; return 1; }
}
write_if_there() { if [ -e "$2" ]; then write "$1" "$2"; fi; }
set_bits() { # ADDRESS OFFSET BITS: of a word of config space
  low=$(od -A n -t u1 -j $(($2)) -N 1 "$devices/$1/config")
  high=$(od -A n -t u1 -j $(($2 + 1)) -N 1 "$devices/$1/config")
  word=$(((low + 256 * high) | $3))
  printf "\\$(printf %03o $((word % 256)))\\$(printf %03o $((word / 256)))" |
    dd of="$devices/$1/config" bs=2 seek=$(($2 / 2)) count=1 conv=notrunc 2>/dev/null
}
hold() { # ADDRESS: somebody opens it through VFIO
  vfio_hold "$1" > "$folder/$1.held" 2>&1 &
  echo $! > "$folder/$1.holder"
  soon grep -qx open "$folder/$1.held" ||
    { say "$1 cannot be opened: $(cat "$folder/$1.held")"; return 1; }
}
release() { # ADDRESS: and closes it
  kill "$(cat "$folder/$1.holder")" 2>/dev/null || say "nobody holds $1"
}
jump() { # into the kernel that was loaded
  [ "$(cat "$sysfs/kernel/kexec_loaded")" = 1 ] || die "no kernel is loaded: kexec -l comes first"
  sync
  kexec -e
}

# --------------------------------------------------------------------------------- in which order
soon() { # COMMAND…: as soon as it succeeds
  waited=0
  until "$@"; do
    [ $waited -lt "$seconds" ] || return 1
    waited=$((waited + 1))
    sleep 1
  done
}
seen() { # FUNCTION ADDRESS: the recording has a line of it
  cat "$tracefs/instances/boot_map/trace" "$tracefs/instances/luproof/trace" "$tracefs/trace" \
    2>/dev/null | grep -F "$1: " | grep -qF "\"$2\""
}
begin() { # NUMBER COMMAND…: a call that does not come back before somebody else acts
  job=$1
  shift
  "$@" &
  eval "job_$job=\$!"
}
reached() { # NUMBER FUNCTION ADDRESS: as far as this
  soon seen "$2" "$3" || say "step $1: no line of $2 in $seconds seconds; going on"
}
ended() { eval "! kill -0 \$job_$1 2>/dev/null"; }
finish() { soon ended "$1" || say "step $1 does not come back in $seconds seconds"; }

mkdir -p "$folder" || die "cannot make $folder"
case ${1:-} in
  start) start ;;
  old) old ;;
  new) new ;;
  facts) facts ;;
  *) die "usage: sh reproduce.sh start|old|new|facts [FOLDER]" ;;
esac
)sh";

}  // namespace luproof::report

#!/bin/sh
# Made by: luproof reproduce run.json
# rig-stock-kernel, variant numvfs
# Predicted: vf-exists is violated for vf0, by vf_enable_clear(pf0)
#   shown by a line as: vf_enable_clear({pf0})
# Done:
#   1. host: sriov_numvfs_store(pf0, 0), until a line shows pci_device_remove of vf0
#   2. vmm: vmm_closes(vf0)
# Nothing to do for:
#   step 1, host: keep(vf0): A promise is no act of the kernel; the capture is judged by it
#
# usage: sh reproduce.sh start|old|new|facts [FOLDER], as root
#   start  make the machine as the run begins, and find who plays which part (roles.txt)
#   old    do what is done before a kexec; `sh record.sh start` comes before it
#   new    do what is done in the next kernel, with roles.txt in FOLDER
#   facts  what the capture is to be judged by: options of luproof trace
# ROLES="pf0=0000:01:00.0 …" says who plays a part. VFIO needs vfio_hold (contrib/rig) in $PATH.
set -u
jumps=no

find_role() {
  case $1 in
    pf0) pf_number 1 ;;
    vf0) need pf0 && vf_of "$at_pf0" 0 ;;
  esac
}

start() {
  : > "$folder/roles.txt"
  need pf0
  write "0" "$sysfs/bus/pci/devices/${at_pf0}/sriov_drivers_autoprobe" || die "the machine cannot be made ready"
  write "0" "$sysfs/bus/pci/devices/${at_pf0}/sriov_numvfs" || die "the machine cannot be made ready"
  write "1" "$sysfs/bus/pci/devices/${at_pf0}/sriov_numvfs" || die "the machine cannot be made ready"
  need vf0
  write_if_there "${at_vf0}" "$sysfs/bus/pci/devices/${at_vf0}/driver/unbind" || die "the machine cannot be made ready"
  write "vfio-pci" "$sysfs/bus/pci/devices/${at_vf0}/driver_override" || die "the machine cannot be made ready"
  write "${at_vf0}" "$sysfs/bus/pci/drivers_probe" || die "the machine cannot be made ready"
  need vf0
  hold "${at_vf0}" || die "the machine cannot be made ready"
  need vf0
  set_bits "${at_vf0}" 0x4 0x6 || die "the machine cannot be made ready"
  need pf0
  need vf0
}

old() {
  # 1. host: sriov_numvfs_store(pf0, 0)
  need pf0
  step_1() {
    write "0" "$sysfs/bus/pci/devices/${at_pf0}/sriov_numvfs"
  }
  begin 1 step_1
  need vf0
  reached 1 pci_device_remove "$at_vf0"
  # 2. vmm: vmm_closes(vf0)
  need vf0
  step_2() {
    release "${at_vf0}"
  }
  step_2
  finish 1
}

new() {
  :
}

facts() {
  need vf0
  echo "keep $at_vf0"
  echo 'claim exists'
}

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

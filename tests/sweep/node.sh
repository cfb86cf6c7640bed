# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A Slurm of one node for a test, as root, without systemd and control groups. To be sourced:
# `start_slurm FOLDER`, `stop_slurm`; needs slurmctld, slurmd and munged. A job is started again as
# soon as its credential has expired, which is two minutes unless `cred_expire` says otherwise.

slurm_installed() {
  for program in slurmctld slurmd munged sbatch; do
    command -v "$program" >/dev/null || PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || return 1
  done
  [ "$(id -u)" -eq 0 ]
}

a_port() { shuf -i 20000-29999 -n 1; }

start_slurm() {
  slurm=$1
  PATH=$PATH:/usr/sbin
  mkdir -p "$slurm/run" "$slurm/state" "$slurm/spool"
  chmod 755 "$slurm" "$slurm/run"
  (umask 077 && head -c 1024 /dev/urandom >"$slurm/munge.key")
  munged --force --num-threads=1 --key-file="$slurm/munge.key" --socket="$slurm/run/munge.sock" \
    --pid-file="$slurm/run/munged.pid" --log-file="$slurm/munged.log" --seed-file="$slurm/munge.seed"
  name=$(hostname)
  cat >"$slurm/slurm.conf" <<END
ClusterName=sweep
SlurmctldHost=$name(127.0.0.1)
SlurmctldPort=$(a_port)
SlurmdPort=$(a_port)
AuthType=auth/munge
AuthInfo=socket=$slurm/run/munge.sock,cred_expire=10
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool
SlurmctldPidFile=$slurm/run/slurmctld.pid
SlurmdPidFile=$slurm/run/slurmd.pid
SlurmctldLogFile=$slurm/slurmctld.log
SlurmdLogFile=$slurm/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=2
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
NodeName=node1 NodeHostname=$name NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=sweep Nodes=node1 Default=YES MaxTime=INFINITE State=UP
END
  # Version 2 is looked for at once, version 1 when something is to be confined.
  echo "CgroupPlugin=cgroup/v1" >"$slurm/cgroup.conf"
  SLURM_CONF=$slurm/slurm.conf
  export SLURM_CONF
  if ! { slurmctld -c && slurmd -N node1; }; then
    tail -n 20 "$slurm"/*.log >&2
    return 1
  fi
  tries=0
  until sinfo --noheader --format=%T 2>/dev/null | grep -q idle; do
    tries=$((tries + 1))
    if [ "$tries" -gt 120 ]; then
      tail -n 20 "$slurm"/*.log >&2
      return 1
    fi
    sleep 1
  done
}

stop_slurm() {
  for daemon in slurmd slurmctld munged; do
    pid=$(cat "$slurm/run/$daemon.pid" 2>/dev/null) || continue
    kill "$pid" 2>/dev/null || continue
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done  # it writes until it ends
  done
}

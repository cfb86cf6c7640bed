// SPDX-License-Identifier: GPL-2.0-or-later
// libtracecmd's own iteration over all events of a file, in order of time.
#include <stdio.h>
#include <time.h>
#include <trace-cmd.h>

static int count(struct tracecmd_input* handle, struct tep_record* record, int cpu, void* data) {
  (void)handle;
  (void)record;
  (void)cpu;
  ++*(long*)data;
  return 0;
}

static double seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

int main(int argc, char** argv) {
  const double start = seconds();
  long events = 0;
  struct tracecmd_input* handle;
  if (argc < 2 || !(handle = tracecmd_open(argv[1], 0))) return 1;
  tracecmd_iterate_events(handle, NULL, 0, count, &events);
  printf("{\"seconds\": %.6f, \"lines\": %ld}\n", seconds() - start, events);
  tracecmd_close(handle);
  return 0;
}

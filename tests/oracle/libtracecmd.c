// SPDX-License-Identifier: GPL-2.0-or-later
// What libtracecmd reads of a file: how many events, and the sums of their times, CPUs and types.
// A process of its own, for the library crashes on damaged files.
#include <stdio.h>
#include <trace-cmd.h>

struct sums {
  unsigned long long events, times, cpus, types;
};

static int add(struct tracecmd_input* handle, struct tep_record* record, int cpu, void* data) {
  struct sums* sums = data;
  (void)handle;
  ++sums->events;
  sums->times += record->ts;
  sums->cpus += (unsigned long long)cpu;
  sums->types += *(unsigned short*)record->data;
  return 0;
}

int main(int argc, char** argv) {
  struct sums sums = {0, 0, 0, 0};
  struct tracecmd_input* handle;
  int buffers, i;
  if (argc < 2 || !(handle = tracecmd_open(argv[1], 0))) return 1;
  tracecmd_iterate_events(handle, NULL, 0, add, &sums);
  buffers = tracecmd_buffer_instances(handle);
  for (i = 0; i < buffers; ++i) {
    struct tracecmd_input* instance = tracecmd_buffer_instance_handle(handle, i);
    if (instance) {
      tracecmd_iterate_events(instance, NULL, 0, add, &sums);
      tracecmd_close(instance);
    }
  }
  printf("%llu %llu %llu %llu\n", sums.events, sums.times, sums.cpus, sums.types);
  tracecmd_close(handle);
  return 0;
}

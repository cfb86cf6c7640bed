// SPDX-License-Identifier: GPL-2.0-or-later
// `luo_memfd preserve`: makes a session, gives it a memfd, and waits, since an agent that ends takes
// its session along. `luo_memfd retrieve`: takes both back in the next kernel and finishes the
// session. The numbers are those of Linux 6.19 and later (include/uapi/linux/liveupdate.h), written
// down here because no distribution has that header yet.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define CREATE_SESSION _IO(0xBA, 0x00)
#define RETRIEVE_SESSION _IO(0xBA, 0x01)
#define PRESERVE_FD _IO(0xBA, 0x40)
#define RETRIEVE_FD _IO(0xBA, 0x41)
#define FINISH _IO(0xBA, 0x42)

struct session {
  uint32_t size;
  int32_t fd;
  uint8_t name[64];
};
struct file {
  uint32_t size;
  int32_t fd;
  uint64_t token __attribute__((aligned(8)));
};
struct finish {
  uint32_t size;
  uint32_t reserved;
};

static const char kText[] = "it was here before";
enum { kToken = 0x1a };

static int failed(const char* what) {
  printf("luo_memfd: %s: %s\n", what, strerror(errno));
  return 1;
}

static int preserve(int luo) {
  struct session session = {sizeof session, -1, "rig"};
  struct file file = {sizeof file, memfd_create("rig", 0), kToken};
  if (file.fd < 0 || write(file.fd, kText, sizeof kText) != sizeof kText) return failed("memfd");
  if (ioctl(luo, CREATE_SESSION, &session) != 0) return failed("create session");
  if (ioctl(session.fd, PRESERVE_FD, &file) != 0) return failed("preserve");
  printf("luo_memfd: preserved\n");
  fflush(stdout);
  for (;;) pause();
}

static int retrieve(int luo) {
  struct session session = {sizeof session, -1, "rig"};
  struct file file = {sizeof file, -1, kToken};
  struct finish finish = {sizeof finish, 0};
  char text[sizeof kText] = "";
  if (ioctl(luo, RETRIEVE_SESSION, &session) != 0) return failed("retrieve session");
  if (ioctl(session.fd, RETRIEVE_FD, &file) != 0) return failed("retrieve");
  if (pread(file.fd, text, sizeof text, 0) != sizeof text || memcmp(text, kText, sizeof text) != 0)
    return failed("the memfd has another content");
  if (ioctl(session.fd, FINISH, &finish) != 0) return failed("finish");
  printf("luo_memfd: retrieved and finished\n");
  return 0;
}

int main(int argc, char** argv) {
  const int luo = open("/dev/liveupdate", O_RDWR | O_CLOEXEC);
  if (luo < 0) return failed("/dev/liveupdate");
  if (argc == 2 && strcmp(argv[1], "preserve") == 0) return preserve(luo);
  if (argc == 2 && strcmp(argv[1], "retrieve") == 0) return retrieve(luo);
  printf("usage: luo_memfd preserve|retrieve\n");
  return 2;
}

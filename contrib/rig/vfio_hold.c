// SPDX-License-Identifier: GPL-2.0-or-later
// A user of a PCI function, as a VMM is one: opens it through VFIO and keeps it open until it is
// ended by a signal. `vfio_hold ADDRESS` says "open" when the kernel has given it the device.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int fail(const char *what)
{
	fprintf(stderr, "vfio_hold: %s: %s\n", what, strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	char path[PATH_MAX], link[PATH_MAX];

	if (argc != 2 || strchr(argv[1], '/')) {
		fprintf(stderr, "usage: vfio_hold 0000:01:00.1\n");
		return 2;
	}
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", argv[1]);
	ssize_t length = readlink(path, link, sizeof(link) - 1);
	if (length < 0)
		return fail("no IOMMU group");
	link[length] = 0;
	const char *number = strrchr(link, '/') ? strrchr(link, '/') + 1 : link;
	if (snprintf(path, sizeof(path), "/dev/vfio/%s", number) >= (int)sizeof(path))
		return fail("group");

	int container = open("/dev/vfio/vfio", O_RDWR);
	if (container < 0)
		return fail("/dev/vfio/vfio");
	int group = open(path, O_RDWR);
	if (group < 0)
		return fail(path);
	if (ioctl(group, VFIO_GROUP_SET_CONTAINER, &container))
		return fail("VFIO_GROUP_SET_CONTAINER");
	if (ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		return fail("VFIO_SET_IOMMU");
	if (ioctl(group, VFIO_GROUP_GET_DEVICE_FD, argv[1]) < 0)
		return fail("VFIO_GROUP_GET_DEVICE_FD");
	puts("open");
	fflush(stdout);
	pause();
	return 0;
}

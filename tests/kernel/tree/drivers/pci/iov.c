// SPDX-License-Identifier: GPL-2.0
/* Made up for tests. */
#include <linux/pci.h>

static int sriov_init(struct pci_dev *dev, int pos)
{
	u16 ctrl;

	pci_read_config_word(dev, pos + PCI_SRIOV_CTRL, &ctrl);
	if (ctrl & PCI_SRIOV_CTRL_VFE) {
		pci_write_config_word(dev, pos + PCI_SRIOV_CTRL, 0);
		ssleep(1);
	}
	return 0;
}

int pci_iov_init(struct pci_dev *dev)
{
	return sriov_init(dev, pci_find_ext_capability(dev, PCI_EXT_CAP_ID_SRIOV));
}

#ifdef CONFIG_PCI_IOV
int sriov_enable(struct pci_dev *dev, int nr)
{
	return dev->sriov ? sriov_write(dev, nr) : -ENODEV;
}
#else
int sriov_enable(struct pci_dev *dev, int nr)
{
	return -ENODEV;
}
#endif
EXPORT_SYMBOL_GPL(sriov_enable);

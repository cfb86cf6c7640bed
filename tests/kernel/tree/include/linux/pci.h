/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CONFIG_PCI
static inline void pci_clear_master(struct pci_dev *dev) { }
#endif

static inline void pci_lock_rescan(struct pci_dev *dev)
{
	mutex_lock(&dev->rescan);
}

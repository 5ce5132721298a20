/**
 * The QEMU driver, in three parts: the command line (pure), the QMP protocol, and the life of the
 * process. Plus the probe that decides whether KVM really works here.
 */
package dev.banger.core.vmm.qemu;

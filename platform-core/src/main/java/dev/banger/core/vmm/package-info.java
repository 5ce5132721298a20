/** Drivers of virtual machine monitors; what they share is here. */
package dev.banger.core.vmm;

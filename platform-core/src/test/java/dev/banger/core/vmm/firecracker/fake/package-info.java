/** A program that answers like Firecracker, refuses what it refuses, and fails as it is told to. */
package dev.banger.core.vmm.firecracker.fake;

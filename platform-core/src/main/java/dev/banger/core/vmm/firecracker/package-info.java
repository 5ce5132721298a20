/**
 * The Firecracker driver, in three parts: the requests (pure), the client of its API, and the life
 * of the process. Plus the way to the guest's agent through its hybrid vsock.
 */
package dev.banger.core.vmm.firecracker;

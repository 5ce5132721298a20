/** Disks of a VM and the archives laid over them. Never reads a file system a guest wrote. */
package dev.banger.core.disk;

/** Images: their registry, kernels, initramfs, and the importers that make them. */
package dev.banger.core.image;

/** What running VMs use of the host: sampled in the background, told on request. */
package dev.banger.core.stats;

package dev.banger.core.stats;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What one VM uses at the moment. What cannot be told, or is not there while it is stopped, is
 * empty.
 *
 * @param cpuPercent of one CPU of the host, on average over the last {@link VmUsage#WINDOW}; 0
 *     while paused
 * @param residentMiB memory that its VMM holds on the host
 * @param guestMemoryMiB memory that the guest says is in use
 * @param diskBytes what the root disk takes on the host
 * @param workDiskBytes what the work disk takes on the host
 * @param diskReadBytes through the guest's disks since it was started; the next one likewise
 * @param netReceivedBytes by the guest since it was started; the next one likewise
 * @param uptimeSeconds since its VMM was started
 */
public record Usage(
    OptionalDouble cpuPercent,
    OptionalLong residentMiB,
    OptionalLong guestMemoryMiB,
    OptionalLong diskBytes,
    OptionalLong workDiskBytes,
    OptionalLong diskReadBytes,
    OptionalLong diskWrittenBytes,
    OptionalLong netReceivedBytes,
    OptionalLong netSentBytes,
    OptionalLong uptimeSeconds) {}

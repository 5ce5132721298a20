package dev.banger.core.lifecycle;

import dev.banger.core.model.VmSpec;
import java.time.Duration;

/**
 * A validated wish for a new VM.
 *
 * @param start whether to boot it
 * @param keepFailed whether to keep a VM that did not come up, for a look
 * @param startTimeout from launch to the agent's answer
 */
public record CreateRequest(
    VmSpec spec, boolean start, boolean keepFailed, Duration startTimeout) {}

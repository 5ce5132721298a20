package dev.banger.api;

/**
 * What a plugin may ask of the core, and no more.
 *
 * <p>Thread-safe. Each part is a {@link Permission}, except {@link Locking}, which is free. Every
 * method throws {@link CapabilityException}: of kind {@code ILLEGAL_STATE} when the permission was
 * not declared or when the call it was handed out for is over, {@code TIMEOUT} past a deadline.
 */
public interface CapabilityHost
    extends VmAccess,
        VmStopping,
        GuestAccess,
        GuestJobs,
        GuestPorts,
        ImageAccess,
        HostTools,
        Locking {}

package dev.banger.core.model;

import java.time.Instant;
import java.util.Optional;

/**
 * What a VM is: the durable row. What is currently true of it on the host is {@link VmHandles}.
 *
 * @param address the VM's own loopback address in user-mode networking, for example 127.77.0.5
 * @param cid vsock context id, unique on this host, 3 or more
 * @param startedAt when it last became ready
 * @param lastError the last failure, for {@code vm show}; empty when there was none
 * @param provisional true until the create that made it has finished; a daemon that finds a
 *     provisional VM when it starts removes it
 */
public record VmRecord(
    VmId id,
    VmSpec spec,
    VmState state,
    String address,
    int cid,
    Instant createdAt,
    Optional<Instant> startedAt,
    String lastError,
    boolean provisional) {

  public String name() {
    return spec.name();
  }

  public VmRecord withState(VmState next) {
    return new VmRecord(id, spec, next, address, cid, createdAt, startedAt, lastError, provisional);
  }

  public VmRecord withSpec(VmSpec next) {
    return new VmRecord(
        id, next, state, address, cid, createdAt, startedAt, lastError, provisional);
  }

  public VmRecord withStartedAt(Instant at) {
    return new VmRecord(
        id, spec, state, address, cid, createdAt, Optional.of(at), lastError, provisional);
  }

  public VmRecord withLastError(String error) {
    return new VmRecord(id, spec, state, address, cid, createdAt, startedAt, error, provisional);
  }

  public VmRecord withProvisional(boolean next) {
    return new VmRecord(id, spec, state, address, cid, createdAt, startedAt, lastError, next);
  }
}

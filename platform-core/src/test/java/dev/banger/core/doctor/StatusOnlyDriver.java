package dev.banger.core.doctor;

import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.lifecycle.VmmDriver;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmPaths;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A driver that says how it is, and must not be asked for more. */
record StatusOnlyDriver(String name, boolean usable, String accel, String reason, String remedy)
    implements VmmDriver {
  StatusOnlyDriver(boolean usable, String accel, String reason, String remedy) {
    this("fake", usable, accel, reason, remedy);
  }

  @Override
  public DriverStatus status() {
    return new DriverStatus(name(), usable, accel, "1.0", reason, remedy);
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(EnumSet.allOf(LaunchPlan.Disk.Format.class), true);
  }

  @Override
  public SocketChannel openAgent(VmPaths paths, VmHandles handles, Duration deadline) {
    throw new UnsupportedOperationException();
  }

  @Override
  public VmHandles launch(LaunchPlan plan, Duration deadline) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<VmHandles> observe(VmPaths paths, Optional<VmHandles> hint) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<VmmExit> onExit(VmPaths paths, VmHandles handles) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void powerButton(VmPaths paths, VmHandles handles, Duration deadline) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void kill(VmPaths paths, VmHandles handles, Duration deadline) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void removeLeftovers(VmPaths paths) {
    throw new UnsupportedOperationException();
  }
}

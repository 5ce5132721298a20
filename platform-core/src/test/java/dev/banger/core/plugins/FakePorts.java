package dev.banger.core.plugins;

import dev.banger.api.PluginStore;
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/** A core without anything in it. */
class FakePorts implements PluginPorts {
  @Override
  public VmRecord resolve(String ref) {
    throw new BangerException(ErrorKind.NOT_FOUND, "no VM \"" + ref + "\"", "banger vm list");
  }

  @Override
  public List<VmRecord> vms() {
    return List.of();
  }

  @Override
  public boolean isAlive(VmId id) {
    return false;
  }

  @Override
  public <T> T withVmLock(VmId id, Duration deadline, Callable<T> body) throws Exception {
    return body.call();
  }

  @Override
  public Image image(String name) {
    throw new BangerException(ErrorKind.NOT_FOUND, "no image \"" + name + "\"");
  }

  @Override
  public GuestLink guest(VmId id, Duration deadline) throws InterruptedException {
    throw new BangerException(ErrorKind.ILLEGAL_STATE, "VM web is not running");
  }

  @Override
  public PluginStore store(String pluginId) {
    return null;
  }
}

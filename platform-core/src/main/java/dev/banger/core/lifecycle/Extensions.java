package dev.banger.core.lifecycle;

import dev.banger.core.model.VmRecord;
import java.util.List;

/** What plugins add to a VM's life. */
public interface Extensions {
  /** No plugins at all. */
  Extensions NONE =
      new Extensions() {
        @Override
        public List<DiskProvisioner.EarlyFile> earlyFiles(VmRecord vm) {
          return List.of();
        }

        @Override
        public List<String> vmRemoved(VmRecord vm) {
          return List.of();
        }
      };

  /** Files to lay over the guest's root before its init starts; asked at every start. */
  List<DiskProvisioner.EarlyFile> earlyFiles(VmRecord vm) throws InterruptedException;

  /** A VM is being deleted. Returns what went wrong, naming the plugin; never throws. */
  List<String> vmRemoved(VmRecord vm) throws InterruptedException;
}

package dev.banger.api;

import java.nio.file.Path;

/**
 * Takes what plugins add to a start. Two plugins that add the same file, disk or endpoint, or set
 * the same kernel argument to different values, fail the start, and both are named.
 */
public interface Launch {
  /**
   * Lays a file or directory over the guest's root before its init starts, owned by root; missing
   * parent directories are made with mode 0755. At most 64 per plugin.
   */
  void file(GuestFile file);

  /**
   * Adds an argument to the guest's kernel: {@code name} or {@code name=value}, printable ASCII
   * without spaces and quotes, at most 200 characters, at most 16 per plugin. Arguments of banger's
   * own ({@code console}, {@code root}, {@code init}, {@code rdinit}, {@code tsc_early_khz}, {@code
   * panic}, {@code reboot}, {@code banger.*}) are refused.
   */
  void kernelArgument(String argument);

  /**
   * Attaches a raw disk image. The guest finds it as {@code /dev/disk/by-id/virtio-NAME}, or by its
   * place after banger's own disks. At most 4 per plugin; a multiple of 512 bytes.
   *
   * @param name lower-case letters, digits and hyphens, at most 20
   * @param image a regular file (no link) in the plugin's own data directory; the guest writes to
   *     it unless {@code readOnly}
   */
  void disk(String name, Path image, boolean readOnly);

  /**
   * Shows people where something of the VM is to be reached, in {@code vm show}. At most 16 per
   * plugin.
   *
   * @param name lower-case letters, digits and hyphens, at most 40, for example {@code web}
   * @param uri absolute, at most 200 characters, for example {@code http://127.77.0.5:8080/};
   *     {@code dns:web.vm} is what people see as the VM's name in DNS
   */
  void endpoint(String name, String uri);
}

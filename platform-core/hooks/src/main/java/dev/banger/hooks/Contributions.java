package dev.banger.hooks;

import dev.banger.api.GuestFile;
import java.nio.file.Path;
import java.util.List;

/**
 * What all plugins together add to a start, checked.
 *
 * @param files parents before children, no two with the same path
 * @param kernelArguments without duplicates
 */
public record Contributions(
    List<GuestFile> files,
    List<String> kernelArguments,
    List<Disk> disks,
    List<Journal.Endpoint> endpoints) {
  public static final Contributions NONE =
      new Contributions(List.of(), List.of(), List.of(), List.of());

  public Contributions {
    files = List.copyOf(files);
    kernelArguments = List.copyOf(kernelArguments);
    disks = List.copyOf(disks);
    endpoints = List.copyOf(endpoints);
  }

  /** A raw disk image, at most 20 characters of name. */
  public record Disk(String plugin, String name, Path image, boolean readOnly) {}
}

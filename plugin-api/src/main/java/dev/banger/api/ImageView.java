package dev.banger.api;

/** An image as it was when it was looked up. Immutable. */
public interface ImageView {
  String name();

  /** One line for people; may be empty. */
  String description();

  /** Release of its kernel, for example {@code 6.1.0-35-cloud-amd64}; empty when not known. */
  String kernel();

  /** Size of its root file system in MiB. */
  long diskMiB();
}

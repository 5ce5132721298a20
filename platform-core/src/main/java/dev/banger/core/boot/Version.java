package dev.banger.core.boot;

/** What this build calls itself. */
final class Version {
  static final String CURRENT =
      java.util.Objects.requireNonNullElse(
          Version.class.getPackage().getImplementationVersion(), "0.1.0-dev");

  private Version() {}
}

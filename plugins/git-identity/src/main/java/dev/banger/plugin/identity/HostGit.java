package dev.banger.plugin.identity;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.FailureKind;
import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * What the host's git says about who makes commits. Reading the configuration runs nothing that it
 * names. The host takes variables such as {@code GIT_CONFIG_GLOBAL}, which say more about the shell
 * that started the daemon than about its user, out of the environment.
 */
final class HostGit {
  /** Less than a check of the doctor has: an include may be a pipe that nobody writes to. */
  private static final Duration LIMIT = Duration.ofSeconds(3);

  /** All that both may be, with keys, in every file that has one. */
  private static final int LONGEST_ANSWER = 64 << 10;

  private static final int NOT_FOUND = 1;
  static final String INSTALL = "apt install git";
  static final String HINT =
      "git config --global user.name \"Your Name\"; git config --global user.email you@example.org";

  private final CapabilityHost host;

  HostGit(CapabilityHost host) {
    this.host = host;
  }

  boolean isInstalled() {
    return host.find("git").isPresent();
  }

  /**
   * The identity outside of any repository. Not by {@code --global}: that leaves the file in {@code
   * ~/.config} out as soon as there is one in the home directory, other than git itself.
   */
  Identity global() throws InterruptedException {
    return read(Path.of("/"), Map.of("GIT_DIR", "/dev/null"));
  }

  /** The identity in a directory of a repository, whoever owns it. */
  Identity in(Path directory) throws InterruptedException {
    return read(directory, Map.of());
  }

  private Identity read(Path directory, Map<String, String> environment)
      throws InterruptedException {
    BoundedOutput out = new BoundedOutput(LONGEST_ANSWER);
    ToolResult result;
    try {
      result =
          host.run(
              ToolCall.of(
                      LIMIT,
                      "git",
                      "-c",
                      "safe.directory=*",
                      "config",
                      "--includes",
                      "-z",
                      "--get-regexp",
                      "^user\\.(name|email)$")
                  .in(directory)
                  .withEnv(environment)
                  .withStdout(out));
    } catch (CapabilityException e) {
      throw out.isFull() ? tooLong() : e;
    }
    if (out.isFull()) {
      throw tooLong();
    }
    if (!result.ok() && result.exitCode() != NOT_FOUND) {
      throw new CapabilityException(
          FailureKind.HOST,
          "git cannot read its configuration: " + lastLine(result.stderr()),
          "git config --list --show-origin");
    }
    return parsed(out.text(ISO_8859_1));
  }

  /** The last entry of each key counts; one without a value is none. */
  private static Identity parsed(String listing) {
    Identity identity = Identity.NONE;
    for (String entry : listing.split("\0")) {
      int end = entry.indexOf('\n');
      String key = end < 0 ? entry : entry.substring(0, end);
      String value = end < 0 ? "" : entry.substring(end + 1);
      if (value.length() > Identity.LONGEST) {
        throw tooLong();
      }
      identity =
          switch (key) {
            case "user.name" -> new Identity(value, identity.email());
            case "user.email" -> new Identity(identity.name(), value);
            default -> identity;
          };
    }
    return identity;
  }

  private static CapabilityException tooLong() {
    return new CapabilityException(
        FailureKind.INVALID,
        "user.name or user.email of the host's git is longer than %d bytes"
            .formatted(Identity.LONGEST),
        HINT);
  }

  private static String lastLine(String text) {
    return text.strip().lines().reduce((_, last) -> last).orElse("it said nothing");
  }
}

package dev.banger.testkit;

import dev.banger.api.VmView;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tests that every plugin passes, against the engine that will run it and a host that can fail,
 * hang and crash at every moment. Extend it and say which plugin; docs/testkit.md says what each
 * rule means. Rules for what a plugin does not have are not generated.
 */
public abstract class PluginContract {
  /** The plugin under test. Called once. */
  protected abstract PluginUnderTest plugin();

  /**
   * What is configured, over the plugin's defaults.
   *
   * @return keys as in the configuration file; values as JSON has them: numbers are longs
   */
  protected Map<String, ?> config() {
    return Map.of();
  }

  /** Prepares each world before the plugin sees it: tools, images, what guests answer. */
  protected void world(World world) {}

  /** Prepares each VM before the plugin sees it. */
  protected void vm(World world, VmView vm) {}

  /** What else of the host the plugin may change, beside what {@link World#snapshot} has. */
  protected Map<String, String> worldSnapshot(World world) {
    return Map.of();
  }

  /**
   * The part of a snapshot's value that is the same each time; for what holds a time or something
   * random.
   */
  protected String stable(String name, String value) {
    return value;
  }

  /**
   * Removes what the plugin made for a running VM, as somebody else could. When overridden,
   * observing it must notice, and stopping it must succeed.
   */
  protected void removeOutside(World world, VmView vm) {
    throw new UnsupportedOperationException("not overridden");
  }

  /**
   * Steps whose work is in the daemon's memory alone, for example a port that it listens on. After
   * a restart, observing such a step must say that it is gone, so that it is started again.
   */
  protected Set<String> stepsThatEndWithTheDaemon() {
    return Set.of();
  }

  /** Uses of commands whose results are compared with what the commands declare. */
  protected List<CommandCase> commandCases() {
    return List.of();
  }

  /** Uses of commands of others that the plugin follows; it does its part without failing. */
  protected List<FollowerCase> followerCases() {
    return List.of();
  }

  /** Where receipts of every version released so far are kept: {@code STEP/VERSION.json}. */
  protected Path receipts() {
    return Path.of("src/test/resources/receipts");
  }

  @TestFactory
  Stream<DynamicNode> contract(@TempDir Path temp, TestReporter reporter) {
    Subject subject = new Subject(this, temp, reporter);
    return Rules.of(subject).onClose(subject::close);
  }
}

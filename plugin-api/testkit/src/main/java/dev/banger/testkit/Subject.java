package dev.banger.testkit;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityPlugin;
import dev.banger.api.VmView;
import dev.banger.api.build.Registration;
import dev.banger.hooks.Journal;
import dev.banger.hooks.MemoryJournal;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestReporter;

/** The plugin under test, with what its author said about it. */
final class Subject implements AutoCloseable {
  private final PluginContract author;
  private final Path temp;
  private final TestReporter reporter;
  private final PluginUnderTest plugin;
  private final PermissionWatch permissions = new PermissionWatch();
  private final Optional<Registration> registration;
  private final String refusal;
  private Reference reference;

  Subject(PluginContract author, Path temp, TestReporter reporter) {
    this.author = author;
    this.temp = temp;
    this.reporter = reporter;
    this.plugin = author.plugin();
    Registration declared = null;
    String why = "";
    try {
      declared = Registration.of(plugin.instance());
    } catch (RuntimeException | LinkageError e) {
      why = e.toString();
    }
    this.registration = Optional.ofNullable(declared);
    this.refusal = why;
  }

  /** Whether it can be opened and closed at all. */
  boolean opens() {
    try (Quiet _ = new Quiet()) {
      rig(world()).close();
      return true;
    } catch (CapabilityException | IllegalArgumentException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  PluginContract author() {
    return author;
  }

  PluginUnderTest plugin() {
    return plugin;
  }

  PermissionWatch permissions() {
    return permissions;
  }

  /** Whether its declarations could be read. */
  boolean declares() {
    return registration.isPresent();
  }

  /** Why they could not. */
  String refusal() {
    return refusal;
  }

  Registration registration() {
    return registration.orElseThrow();
  }

  Map<String, ?> config() {
    return author.config();
  }

  void report(String key, String value) {
    reporter.publishEntry(key, value);
  }

  /** How an undisturbed start and stop look. Found out when first asked for. */
  synchronized Reference reference() {
    if (reference == null) {
      reference = Reference.of(this);
    }
    return reference;
  }

  /**
   * A world that is as new, always at the same place so that two of them can be compared. There is
   * one at a time.
   */
  World world() {
    Path root = temp.resolve("world");
    Trees.delete(root);
    World world = new World(Trees.make(root));
    author.world(world);
    return world;
  }

  /** A VM in it, as its author prepares VMs. */
  VmView vm(World world, String name) {
    VmView vm = world.vm(name);
    author.vm(world, vm);
    return world.now(vm);
  }

  Rig rig(World world) throws InterruptedException {
    return rig(world, new MemoryJournal());
  }

  Rig rig(World world, Journal journal) throws InterruptedException {
    return rig(world, journal, UnaryOperator.identity());
  }

  Rig rig(World world, Journal journal, UnaryOperator<CapabilityPlugin> disguise)
      throws InterruptedException {
    return new Rig(this, world, journal, disguise);
  }

  Snapshot snapshot(World world) {
    return world.snapshot().with(author.worldSnapshot(world)).map(author::stable);
  }

  /** Without what ends with the VM anyway. */
  Snapshot outside(World world) {
    return snapshot(world).outsideVms();
  }

  /** Whether the author said how. */
  boolean canRemoveOutside() {
    return Stream.<Class<?>>iterate(
            author.getClass(), type -> type != PluginContract.class, Class::getSuperclass)
        .flatMap(type -> Stream.of(type.getDeclaredMethods()))
        .anyMatch(method -> method.getName().equals("removeOutside"));
  }

  @Override
  public void close() {
    plugin.close();
  }
}

package dev.banger.plugin.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.CapabilityHost;
import dev.banger.api.CapabilityPlugin;
import dev.banger.api.OpenContext;
import dev.banger.api.PluginStore;
import dev.banger.api.build.Registration;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeContext;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plugin needs nothing but the JDK, the API, and the libraries it brings. */
class OwnLoaderTest {
  @TempDir Path temp;

  @Test
  void itAnswersFromALoaderOfItsOwnAndEndsWithIt() throws Exception {
    InetSocketAddress address;
    // Free for UDP is not free for TCP: other tests leave ports in TIME_WAIT.
    try (TestServer free = new TestServer()) {
      address = free.address();
    }
    List<URL> urls = new ArrayList<>();
    urls.add(Path.of("target/classes").toUri().toURL());
    try (Stream<Path> jars = Files.list(Path.of("target/lib"))) {
      for (Path jar : jars.toList()) {
        urls.add(jar.toUri().toURL());
      }
    }
    try (URLClassLoader loader = new URLClassLoader(urls.toArray(URL[]::new), new ApiOnly())) {
      CapabilityPlugin plugin =
          (CapabilityPlugin)
              loader.loadClass(DnsPlugin.class.getName()).getDeclaredConstructor().newInstance();
      assertThat(plugin.getClass()).isNotEqualTo(DnsPlugin.class);
      Registration registration = Registration.of(plugin);
      Opened opened =
          new Opened(
              new FakeContext("dns", temp, new FakeCapabilityHost(registration.permissions(), temp))
                  .configured(
                      registration.config().orElseThrow(),
                      Map.of("listen", Endpoint.text(address))),
              new ArrayList<>());
      plugin.open(opened);
      try {
        assertThat(Probe.identity(TestServer.ZONE, address))
            .hasValueSatisfying(who -> assertThat(who).startsWith("banger "));
      } finally {
        opened.end();
        plugin.close();
      }
      assertThat(Probe.identity(TestServer.ZONE, address)).isEmpty();
    }
  }

  /** What the daemon lets plugins see. */
  private static final class ApiOnly extends ClassLoader {
    ApiOnly() {
      super(ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.startsWith("dev.banger.api.") || name.equals("org.pf4j.ExtensionPoint")) {
        return OwnLoaderTest.class.getClassLoader().loadClass(name);
      }
      throw new ClassNotFoundException(name);
    }
  }

  private record Opened(FakeContext context, List<Thread> threads) implements OpenContext {
    @Override
    public void background(String name, Work work) {
      threads.add(
          Thread.ofPlatform()
              .name("test-" + name)
              .start(
                  () -> {
                    try {
                      work.run();
                    } catch (Exception e) {
                      Thread.currentThread().interrupt();
                    }
                  }));
    }

    void end() throws InterruptedException {
      for (Thread thread : threads) {
        thread.interrupt();
        thread.join();
      }
    }

    @Override
    public String pluginId() {
      return context.pluginId();
    }

    @Override
    public Path dataDir() {
      return context.dataDir();
    }

    @Override
    public <C extends Record> C config(Class<C> type) {
      return context.config(type);
    }

    @Override
    public PluginStore store() {
      return context.store();
    }

    @Override
    public CapabilityHost host() {
      return context.host();
    }

    @Override
    public System.Logger log() {
      return context.log();
    }
  }
}

package dev.banger.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoriesTest {
  @Test
  void bangerHomePutsEverythingUnderOneFolder() {
    Directories directories = Directories.from(Map.of("BANGER_HOME", "/b", "XDG_STATE_HOME", "/x"));

    assertThat(directories)
        .isEqualTo(
            new Directories(
                Path.of("/b/config"), Path.of("/b/data"), Path.of("/b/state"), Path.of("/b/run")));
  }

  @Test
  void theXdgDirectoriesHoldOtherwise() {
    Directories directories =
        Directories.from(
            Map.of(
                "HOME", "/home/ada",
                "XDG_CONFIG_HOME", "/c",
                "XDG_DATA_HOME", "/d",
                "XDG_STATE_HOME", "/s",
                "XDG_RUNTIME_DIR", "/r"));

    assertThat(directories)
        .isEqualTo(
            new Directories(
                Path.of("/c/banger"),
                Path.of("/d/banger"),
                Path.of("/s/banger"),
                Path.of("/r/banger")));
  }

  @Test
  void emptyAndRelativeXdgVariablesAreIgnored() {
    Directories directories =
        Directories.from(
            Map.of("HOME", "/home/ada", "XDG_CONFIG_HOME", "", "XDG_STATE_HOME", "relative"),
            Path.of("/nonexistent"),
            Path.of("/nonexistent"));

    assertThat(directories.configFile()).isEqualTo(Path.of("/home/ada/.config/banger/config.toml"));
    assertThat(directories.daemonLog())
        .isEqualTo(Path.of("/home/ada/.local/state/banger/daemon.log"));
    assertThat(directories.run()).isEqualTo(Path.of("/home/ada/.local/state/banger/run"));
  }

  @Test
  void theSessionDirectoryIsFoundWithoutItsVariable(@TempDir Path sessions) throws Exception {
    Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    Path session = Files.createDirectory(sessions.resolve(uid.toString()));

    Directories directories = Directories.from(Map.of(), sessions, Path.of("/nonexistent"));

    assertThat(directories.run()).isEqualTo(session.resolve("banger"));
  }

  @Test
  void rootGoesToTheDaemonOfTheHostWhereThereIsOne(@TempDir Path run) throws Exception {
    Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    Path sessions = Files.createDirectory(run.resolve("user"));
    Path session = Files.createDirectory(sessions.resolve(uid.toString()));
    Path host = Files.createDirectory(run.resolve("banger"));
    Path expected = uid.equals(0) ? host : session.resolve("banger");

    assertThat(Directories.from(Map.of(), sessions, host).run()).isEqualTo(expected);
    assertThat(
            Directories.from(Map.of("XDG_RUNTIME_DIR", session.toString()), sessions, host).run())
        .isEqualTo(expected);
    assertThat(Directories.from(Map.of("XDG_RUNTIME_DIR", "/elsewhere"), sessions, host).run())
        .isEqualTo(Path.of("/elsewhere/banger"));
    assertThat(Directories.from(Map.of(), sessions, run.resolve("none")).run())
        .isEqualTo(session.resolve("banger"));
  }

  @Test
  void anExplicitSocketWins() {
    assertThat(DaemonSocket.path(Map.of("BANGER_SOCKET", "/t/s", "BANGER_HOME", "/b")))
        .isEqualTo(Path.of("/t/s"));
    assertThat(DaemonSocket.path(Map.of("BANGER_HOME", "/b"))).isEqualTo(Path.of("/b/run/d.sock"));
  }

  @Test
  void aSocketPathLongerThanTheKernelAllowsIsNamedWithBothLengths() {
    assertThatThrownBy(() -> DaemonSocket.path(Map.of("BANGER_HOME", "/" + "x".repeat(110))))
        .isInstanceOf(RpcException.class)
        .hasMessageContaining("is 122 bytes long, a Unix socket allows 107");
  }
}

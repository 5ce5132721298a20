package dev.banger.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {
  private static final Path HOME = Path.of("/home/ada");

  private static final PluginTables PLUGINS = PluginTables.takingEntries(Set.of("file-sync"));

  @TempDir Path temp;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = temp.resolve("config.toml");
  }

  @Test
  void theKeyForSshIsConfiguredInOnePlace() {
    assertThatThrownBy(() -> load("ssh_key = \"/a\"\n[plugins.ssh-access]\nkey = \"/b\"\n"))
        .hasMessageContaining("line 1")
        .hasMessageContaining("the same option; keep one of them");
  }

  @Test
  void theTimeOfUnusedVmsIsConfiguredInOnePlace() {
    assertThatThrownBy(() -> load("idle_stop = \"1h\"\n[plugins.idle-stop]\nafter = \"2h\"\n"))
        .hasMessageContaining("idle_stop and the after of [plugins.idle-stop] are the same option");
  }

  @Test
  void entriesThatNoPluginTakesAreRefusedWithoutPlugins() throws Exception {
    Files.writeString(file, "[[file_sync]]\nhost = \"/a\"\n");
    assertThatThrownBy(() -> new ConfigLoader(file, HOME).load())
        .hasMessageEndingWith("there is no option file_sync; docs/config.md lists them all");
  }

  @Test
  void entriesAreConfiguredInOnePlace() {
    assertThatThrownBy(
            () -> load("[plugins.file-sync]\nentries = []\n[[file_sync]]\nhost = \"/a\"\n"))
        .hasMessageContaining("line 1")
        .hasMessageContaining(
            "file_sync and the entries of [plugins.file-sync] are the same option; keep one of"
                + " them");
  }

  @Test
  void whatPluginsHaveAgainstTheirTablesIsToldWithThePlace() throws Exception {
    Files.writeString(
        file,
        """
        [plugins]
        disabled = ["nat"]
        [plugins.nat]
        a = 1
        [plugins.dns]
        a = 1
        [[file_sync]]
        host = "/a"
        [[file_sync]]
        host = "/b"
        """);
    PluginTables judge =
        new PluginTables() {
          @Override
          public Set<String> takeEntries() {
            return Set.of("file-sync");
          }

          @Override
          public List<String> problems(String pluginId, Map<String, Object> table) {
            return pluginId.equals("file-sync")
                ? List.of("file_sync[1]: guest is missing")
                : List.of("[plugins." + pluginId + "] a is unknown");
          }
        };
    BangerException refusal =
        catchThrowableOfType(
            BangerException.class, () -> new ConfigLoader(file, HOME, judge).load());
    assertThat(refusal.details())
        .containsExactly(
            "line 5, column 1: [plugins.dns] a is unknown",
            "line 9, column 1: file_sync[1]: guest is missing");
    assertThat(new ConfigLoader(file, HOME, judge.unjudged()).load().plugins())
        .containsKeys("dns", "file-sync");
  }

  @Test
  void theEnvironmentIsStrongerThanTheFileForTheModeOfTheNetwork() {
    Config config = new ConfigLoader(file, HOME).load();
    assertThat(config.overruledBy(Map.of())).isEqualTo(config);
    Config user = config.overruledBy(Map.of(Config.NETWORK_MODE, "user"));
    assertThat(user.network())
        .isEqualTo(new Config.Network("user", "br-banger", "172.30.0.0/16", 4));
    assertThat(user.settings()).contains(new Setting("network.mode", "user", Config.NETWORK_MODE));
    assertThatThrownBy(() -> config.overruledBy(Map.of(Config.NETWORK_MODE, "tap")))
        .hasMessage("BANGER_NETWORK_MODE must be one of auto, bridge, user, got \"tap\"");
  }

  @Test
  void withoutAFileEverythingHasItsDefault() {
    Config config = new ConfigLoader(file, HOME).load();
    assertThat(config.image()).isEqualTo("debian");
    assertThat(config.stopGrace()).isEqualTo(Duration.ofSeconds(20));
    assertThat(config.vm()).isEqualTo(new Config.VmDefaults(2, 1024, 8192, 4096, "auto"));
    assertThat(config.network())
        .isEqualTo(new Config.Network("auto", "br-banger", "172.30.0.0/16", 4));
    assertThat(config.warnings()).isEmpty();
    assertThat(config.settings()).extracting(Setting::source).containsOnly("default");
    assertThat(file).doesNotExist();
  }

  @Test
  void theDocumentedFileIsRead() throws Exception {
    Config config =
        load(
            """
            image = "debian"
            driver = "qemu"
            firecracker_bin = ""
            qemu_bin = "~/bin/qemu"
            accel = "tcg"
            ssh_key = "/etc/banger/key"
            stop_grace = "1500ms"
            start_timeout = "2m"
            idle_stop = "1h"
            [vm]
            cpus = 4
            memory = "2GiB"
            disk = "1TiB"
            work_disk = "512MiB"
            [network]
            mode = "bridge"
            bridge = "br0"
            cidr = "10.0.0.0/8"
            tap_pool = 0
            [plugins]
            disabled = ["nat", "dns"]
            [plugins.dns]
            listen = "127.0.0.1:42069"
            zone = "vm"
            ttl = 5
            since = 2026-01-02
            more = { deep = [1, "two"] }
            [[file_sync]]
            host = "~/.aws"
            guest = "~/.aws"
            mode = "0600"
            [[file_sync]]
            host = "relative"
            """);
    assertThat(config.driver()).isEqualTo("qemu");
    assertThat(config.firecrackerBin()).isEmpty();
    assertThat(config.qemuBin()).contains(Path.of("/home/ada/bin/qemu"));
    assertThat(config.sshKey()).contains(Path.of("/etc/banger/key"));
    assertThat(config.pluginTables())
        .containsOnlyKeys("dns", "file-sync", "ssh-access", "idle-stop")
        .containsEntry("idle-stop", Map.of("after", "1h"))
        .containsEntry("ssh-access", Map.of("key", "/etc/banger/key"))
        .containsEntry("dns", config.plugin("dns"));
    assertThat(config.stopGrace()).isEqualTo(Duration.ofMillis(1500));
    assertThat(config.startTimeout()).isEqualTo(Duration.ofMinutes(2));
    assertThat(config.idleStop()).isEqualTo(Duration.ofHours(1));
    assertThat(config.vm()).isEqualTo(new Config.VmDefaults(4, 2048, 1024 * 1024, 512, "auto"));
    assertThat(config.network()).isEqualTo(new Config.Network("bridge", "br0", "10.0.0.0/8", 0));
    assertThat(config.disabledPlugins()).containsExactly("nat", "dns");
    assertThat(config.plugin("dns"))
        .isEqualTo(
            Map.of(
                "listen",
                "127.0.0.1:42069",
                "zone",
                "vm",
                "ttl",
                5L,
                "since",
                "2026-01-02",
                "more",
                Map.of("deep", List.of(1L, "two"))));
    assertThat(config.plugin("nat")).isEmpty();
    assertThat(config.plugin("file-sync"))
        .isEqualTo(
            Map.of(
                "entries",
                List.of(
                    Map.of("host", "~/.aws", "guest", "~/.aws", "mode", "0600"),
                    Map.of("host", "relative"))));
  }

  @Test
  void settingsSayWhereEachValueIsFrom() throws Exception {
    Config config =
        load("stop_grace = \"5s\"\n[plugins.dns]\nzone = \"lab\"\n[[file_sync]]\nhost = \"/x\"\n");
    assertThat(config.settings())
        .contains(
            new Setting("stop_grace", "5s", "file"),
            new Setting("image", "debian", "default"),
            new Setting("vm.memory", "1GiB", "default"),
            new Setting("plugins.dns.zone", "lab", "file"),
            new Setting("file_sync[0].host", "/x", "file"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "imagee = \"x\"|there is no option imagee; did you mean image?",
        "stop_grce = \"1s\"|there is no option stop_grce; did you mean stop_grace?",
        "bridge = \"br0\"|there is no option bridge; did you mean bridge under [network]?",
        "network.mod = \"user\"|there is no option network.mod; did you mean network.mode?",
        "network.driver = \"qemu\"|there is no option network.driver; did you mean driver, above the"
            + " first table?",
        "[netwrk]|there is no option netwrk; did you mean network?",
        "[[file_sink]]|there is no option file_sink; did you mean file_sync?",
        "plugins.dns = 4|there is no option plugins.dns; docs/config.md lists them all",
        "wholly_unrelated = 1|there is no option wholly_unrelated; docs/config.md lists them all",
        "\"a\\u0007b\" = 1|there is no option \"a\\u0007b\"; docs/config.md lists them all",
        "image = 3|image must be the name of an image, such as \"debian\", got 3",
        "image = \"../etc\"|image must be the name of an image, such as \"debian\", got \"../etc\"",
        "[image]|image must be the name of an image, such as \"debian\", got a table",
        "driver = \"xen\"|driver must be one of auto, firecracker, qemu, got \"xen\"",
        "stop_grace = 20|stop_grace must be a duration such as \"500ms\", \"20s\", \"2m\" or \"1h\","
            + " got 20",
        "stop_grace = \"-1s\"|stop_grace must be a duration such as \"500ms\", \"20s\", \"2m\" or"
            + " \"1h\", got \"-1s\"",
        "start_timeout = \"0s\"|start_timeout must be a duration such as \"500ms\", \"20s\", \"2m\""
            + " or \"1h\", from 1s to 1h, got \"0s\"",
        "vm.memory = \"4GB\"|vm.memory must be a size such as \"512MiB\" or \"4GiB\", got \"4GB\"",
        "vm.memory = \"1MiB\"|vm.memory must be a size such as \"512MiB\" or \"4GiB\", from 64MiB to"
            + " 1TiB, got \"1MiB\"",
        "vm.memory = \"999999999TiB\"|vm.memory must be a size such as \"512MiB\" or \"4GiB\", from"
            + " 64MiB to 1TiB, got \"999999999TiB\"",
        "vm.cpus = 0|vm.cpus must be a whole number from 1 to 64, got 0",
        "vm.cpus = 9223372036854775807|vm.cpus must be a whole number from 1 to 64, got"
            + " 9223372036854775807",
        "vm.cpus = 2.0|vm.cpus must be a whole number from 1 to 64, got 2.0",
        "network = \"auto\"|network must be a table, [network], got \"auto\"",
        "network.bridge = \"a-name-of-16-chr\"|network.bridge must be an interface name of at most"
            + " 15 characters, such as \"br-banger\", got \"a-name-of-16-chr\"",
        "network.cidr = \"172.30.0.1/16\"|network.cidr must be a network, without host bits after"
            + " /16, got \"172.30.0.1/16\"",
        "network.cidr = \"300.0.0.0/8\"|network.cidr must be an IPv4 network such as"
            + " \"172.30.0.0/16\", prefix from /8 to /16, got \"300.0.0.0/8\"",
        "qemu_bin = \"qemu\"|qemu_bin must be an absolute path, one under ~/, or empty, got"
            + " \"qemu\"",
        "qemu_bin = \"/a\\u0000b\"|qemu_bin must be an absolute path, one under ~/, or empty, got"
            + " \"/a\\u0000b\"",
        "plugins.disabled = \"dns\"|plugins.disabled must be a list such as [\"a\", \"b\"], got"
            + " \"dns\"",
        "plugins.disabled = [\"dns\", 7]|plugins.disabled must be a list, each of it a plugin id"
            + " such as \"dns\"; one is 7, got a list",
        "[plugins.\"../x\"]|the name of a plugin must be lower-case letters, digits and -, got"
            + " \"../x\"",
        "file_sync = \"x\"|file_sync must be entries, each under [[file_sync]], got \"x\"",
        "file_sync = [\"x\"]|file_sync[0] must be a table, [[file_sync]], got \"x\"",
        "[[dns]]|there is no option dns; docs/config.md lists them all",
        "[network.file_sync]|there is no option network.file_sync; docs/config.md lists them all",
      })
  void aWrongLineIsToldWithPlaceAndBothValues(String line, String message) throws Exception {
    BangerException refusal = refusal("# a comment\n" + line + "\n");
    assertThat(refusal.kind()).isEqualTo(ErrorKind.INVALID);
    assertThat(refusal.getMessage())
        .startsWith(file + ", line 2, column ")
        .endsWith(": " + message);
    assertThat(refusal.hint()).isEqualTo("mend " + file + ", then: banger config check");
  }

  @Test
  void allProblemsAreToldAtOnceInTheOrderOfTheFile() throws Exception {
    BangerException refusal =
        refusal(
            """
            imagee = "x"
            stop_grace = 20
            [network]
            mode = "warp"
            [vm]
            cpus = 1000
            """);
    assertThat(refusal).hasMessage(file + " has 4 problems");
    assertThat(refusal.details())
        .satisfiesExactly(
            one -> assertThat(one).startsWith("line 1, column 1: there is no option imagee"),
            two -> assertThat(two).startsWith("line 2, column 1: stop_grace must be"),
            three -> assertThat(three).startsWith("line 4, column 1: network.mode must be"),
            four -> assertThat(four).startsWith("line 6, column 1: vm.cpus must be"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "image =|line 1, column 8: Unexpected end of line, expected a value",
        "stop_grace = 20s|line 1, column 16: Unexpected 's', expected a newline or end-of-input",
        "[network|line 1, column 9: Unexpected end of line, expected ]",
      })
  void brokenTomlIsToldWithWhatWasExpected(String line, String message) throws Exception {
    assertThat(refusal(line + "\n")).hasMessage(file + ", " + message);
  }

  @Test
  void afterASyntaxErrorNothingElseIsJudged() throws Exception {
    assertThat(refusal("[network\nimage = \"x\"\n").getMessage()).contains("expected ]");
  }

  @Test
  void hostileFilesEndInAClearRefusal() throws Exception {
    assertThat(refusal("a = " + "[".repeat(200_000)).kind()).isEqualTo(ErrorKind.INVALID);
    assertThat(refusal("#".repeat(300_000))).hasMessage(file + ", is larger than 256 KiB");
    Files.write(file, new byte[] {'a', (byte) 0xff, (byte) 0xfe});
    assertThat(refusal()).hasMessage(file + ", is not UTF-8");
    assertThat(refusal("[plugins.x]\na = " + "[".repeat(40) + "]".repeat(40)))
        .hasMessageContaining("plugins.x is nested more than 16 deep");
    assertThat(refusal("x = 1\n".repeat(20_000)).details()).hasSizeLessThanOrEqualTo(50);
  }

  @Test
  void whatCannotBeReadIsAFailureOfTheHost() throws Exception {
    Files.createDirectory(file);
    BangerException refusal = refusal();
    assertThat(refusal.kind()).isEqualTo(ErrorKind.HOST);
    assertThat(refusal).hasMessageContaining(file.toString());
  }

  @Test
  void aRenamedKeyStillWorksWithAWarning() throws Exception {
    Files.writeString(file, "\ngrace = \"7s\"\n");
    Config config = new ConfigLoader(file, HOME, PLUGINS, Map.of("grace", "stop_grace")).load();
    assertThat(config.stopGrace()).isEqualTo(Duration.ofSeconds(7));
    assertThat(config.warnings())
        .containsExactly(file + ", line 2: grace is called stop_grace now; please rename it");
  }

  @Test
  void bothNamesOfARenamedKeyAreAProblem() throws Exception {
    Files.writeString(file, "stop_grace = \"7s\"\ngrace = \"8s\"\n");
    BangerException refusal =
        catchThrowableOfType(
            BangerException.class,
            () -> new ConfigLoader(file, HOME, PLUGINS, Map.of("grace", "stop_grace")).load());
    assertThat(refusal).hasMessageContaining("stop_grace is there twice");
  }

  private Config load(String text) throws IOException {
    Files.writeString(file, text, StandardCharsets.UTF_8);
    return new ConfigLoader(file, HOME, PLUGINS).load();
  }

  private BangerException refusal(String text) throws IOException {
    Files.writeString(file, text, StandardCharsets.UTF_8);
    return refusal();
  }

  private BangerException refusal() {
    return catchThrowableOfType(
        BangerException.class, () -> new ConfigLoader(file, HOME, PLUGINS).load());
  }
}

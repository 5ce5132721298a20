package dev.banger.plugin.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.CommandResult;
import dev.banger.api.DoctorCheck;
import dev.banger.api.GuestFile;
import dev.banger.api.Launch;
import dev.banger.api.VmView;
import dev.banger.api.build.Registration;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeCommandCall;
import dev.banger.testkit.FakeContext;
import dev.banger.testkit.FakeVm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SshAccessTest {
  private static final VmView WEB = FakeVm.running("web");
  private static final VmView DB = FakeVm.running("db");

  @TempDir Path temp;
  private FakeCapabilityHost host;
  private FakeContext context;

  @BeforeEach
  void aHost() throws IOException {
    host =
        new FakeCapabilityHost(
                Registration.of(plugin()).permissions(),
                Files.createDirectory(temp.resolve("guests")))
            .with(WEB)
            .with(DB);
    Files.createDirectory(temp.resolve("data"));
    configured("");
  }

  private SshAccessPlugin plugin() {
    return new SshAccessPlugin(temp.resolve("config/ssh"));
  }

  private Map<String, GuestFile> earlyFiles(VmView vm) throws Exception {
    Map<String, GuestFile> files = new TreeMap<>();
    plugin().contribute(vm, new FilesOnly(files), context);
    return files;
  }

  /** Takes the files of a launch; there is to be nothing else. */
  private record FilesOnly(Map<String, GuestFile> files) implements Launch {
    @Override
    public void file(GuestFile file) {
      assertThat(files.put(file.path(), file)).as("two of " + file.path()).isNull();
    }

    @Override
    public void kernelArgument(String argument) {
      throw new AssertionError(argument);
    }

    @Override
    public void disk(String name, Path image, boolean readOnly) {
      throw new AssertionError(name);
    }

    @Override
    public void endpoint(String name, String uri) {
      throw new AssertionError(name);
    }
  }

  private static String text(GuestFile file) {
    return new String(file.content(), StandardCharsets.UTF_8);
  }

  private Map<?, ?> info(String ref) throws Exception {
    CommandResult result =
        plugin()
            .info(FakeCommandCall.of(SshAccessPlugin.SSH_INFO, Map.of("vm", ref), temp, context));
    return (Map<?, ?>) result.value();
  }

  @Test
  void a_guest_gets_its_files_with_the_modes_sshd_insists_on() throws Exception {
    assertThat(earlyFiles(WEB).values())
        .extracting(file -> "%o %s".formatted(file.mode(), file.path()))
        .containsExactlyInAnyOrder(
            "700 /root/.ssh",
            "600 /root/.ssh/authorized_keys",
            "600 /etc/ssh/ssh_host_ed25519_key",
            "644 /etc/ssh/ssh_host_ed25519_key.pub",
            "644 /etc/ssh/sshd_config.d/00-banger.conf");
  }

  @Test
  void a_guest_keeps_its_host_key_and_shares_it_with_no_other() throws Exception {
    String first = text(earlyFiles(WEB).get("/etc/ssh/ssh_host_ed25519_key"));

    assertThat(text(earlyFiles(WEB).get("/etc/ssh/ssh_host_ed25519_key"))).isEqualTo(first);
    assertThat(text(earlyFiles(DB).get("/etc/ssh/ssh_host_ed25519_key"))).isNotEqualTo(first);
    assertThat(text(earlyFiles(DB).get("/root/.ssh/authorized_keys")))
        .isEqualTo(text(earlyFiles(WEB).get("/root/.ssh/authorized_keys")));
  }

  @Test
  void the_pinned_key_is_the_one_the_guest_serves() throws Exception {
    String served = text(earlyFiles(WEB).get("/etc/ssh/ssh_host_ed25519_key.pub")).split(" ")[1];

    Map<?, ?> info = info("web");

    assertThat(Files.readString(Path.of((String) info.get("knownHostsFile"))))
        .isEqualTo("banger-%s ssh-ed25519 %s\n".formatted(WEB.id(), served));
    assertThat(info.get("hostKeyAlias")).isEqualTo("banger-" + WEB.id());
    assertThat(info.get("user")).isEqualTo("root");
  }

  @Test
  void the_private_key_is_readable_by_its_owner_only() throws Exception {
    Path key = Path.of((String) info("web").get("identityFile"));

    assertThat(key).isEqualTo(temp.resolve("config/ssh/id_ed25519"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key.getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  void no_secret_is_on_a_command_line_or_in_a_description() throws Exception {
    GuestFile key = earlyFiles(WEB).get("/etc/ssh/ssh_host_ed25519_key");
    String secret = text(key).lines().skip(1).findFirst().orElseThrow();

    assertThat(host.toolCalls().toString()).doesNotContain(secret);
    assertThat(key.toString()).doesNotContain(secret).doesNotContain("PRIVATE");
  }

  @Test
  void starts_at_the_same_time_agree_on_the_keys() throws Exception {
    List<Callable<String>> starts = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      starts.add(
          () -> {
            Map<String, GuestFile> files = earlyFiles(WEB);
            return text(files.get("/etc/ssh/ssh_host_ed25519_key"))
                + text(files.get("/root/.ssh/authorized_keys"));
          });
    }
    Set<String> seen = new HashSet<>();
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<String> start : pool.invokeAll(starts)) {
        seen.add(start.get());
      }
    }
    assertThat(seen).hasSize(1);
  }

  @Test
  void a_pair_torn_by_a_crash_is_made_anew() throws Exception {
    earlyFiles(WEB);
    Path dir = temp.resolve("data/vms").resolve(WEB.id());
    Files.delete(dir.resolve("ssh_host_ed25519_key"));
    Files.writeString(dir.resolve("ssh_host_ed25519_key.new"), "half a key");

    Map<String, GuestFile> files = earlyFiles(WEB);

    assertThat(text(files.get("/etc/ssh/ssh_host_ed25519_key"))).contains("PRIVATE KEY");
    assertThat(text(files.get("/etc/ssh/ssh_host_ed25519_key.pub"))).startsWith("ssh-ed25519 ");
    assertThat(dir.resolve("ssh_host_ed25519_key.new")).doesNotExist();
  }

  @Test
  void a_removed_vm_leaves_nothing_and_may_be_removed_again() throws Exception {
    earlyFiles(WEB);
    earlyFiles(DB);
    info("web");

    Keys.forget(context, WEB.id());
    Keys.forget(context, WEB.id());
    Keys.forget(context, FakeVm.running("unheard-of").id());

    assertThat(kept()).containsExactly(DB.id());
  }

  private List<String> kept() throws IOException {
    try (Stream<Path> left = Files.list(temp.resolve("data/vms"))) {
      return left.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void an_id_that_would_escape_is_refused() {
    assertThatThrownBy(() -> Keys.forget(context, "../../../etc"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keys_of_vms_that_are_gone_are_swept_and_no_others() throws Exception {
    earlyFiles(WEB);
    earlyFiles(DB);
    info("db");

    assertThat(Keys.sweep(WEB.id()::equals, context)).containsExactly("keys of VM " + DB.id());
    assertThat(Keys.sweep(WEB.id()::equals, context)).isEmpty();

    assertThat(kept()).containsExactly(WEB.id());
    assertThat(earlyFiles(WEB)).hasSize(5);
  }

  @Test
  void a_sweep_before_anything_was_made_finds_nothing() throws Exception {
    assertThat(Keys.sweep(_ -> false, context)).isEmpty();
  }

  @Test
  void a_sweep_leaves_what_is_not_provably_its_own() throws Exception {
    Path vms = Files.createDirectory(temp.resolve("data/vms"));
    Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
    Files.writeString(elsewhere.resolve("known_hosts"), "somebody's");
    Files.createSymbolicLink(vms.resolve("0123456789ab"), elsewhere);
    Files.createDirectory(vms.resolve("notes"));
    Files.writeString(vms.resolve("aaaaaaaaaaaa"), "a file");
    Path theirs = Files.createDirectory(vms.resolve("bbbbbbbbbbbb"));
    Files.writeString(theirs.resolve("todo"), "somebody's");

    assertThat(Keys.sweep(_ -> false, context)).isEmpty();

    assertThat(elsewhere.resolve("known_hosts")).exists();
    assertThat(kept()).containsExactly("0123456789ab", "aaaaaaaaaaaa", "bbbbbbbbbbbb", "notes");
  }

  @Test
  void a_vm_that_comes_while_the_sweep_looks_keeps_its_keys() throws Exception {
    earlyFiles(WEB);
    AtomicInteger asked = new AtomicInteger();

    assertThat(Keys.sweep(_ -> asked.incrementAndGet() > 1, context)).isEmpty();

    assertThat(kept()).containsExactly(WEB.id());
  }

  private void configured(String key) {
    context = new FakeContext("ssh-access", temp.resolve("data"), host, new SshSettings(key));
  }

  private Path ownKey() throws Exception {
    Path key = temp.resolve("mine");
    Files.writeString(key, "the private half");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(temp.resolve("mine.pub"), "ssh-rsa " + "A".repeat(372) + " ada@home\n");
    return key;
  }

  @Test
  void a_configured_key_is_used_and_only_its_public_half_goes_into_guests() throws Exception {
    Path key = ownKey();
    configured(key.toString());

    assertThat(text(earlyFiles(WEB).get("/root/.ssh/authorized_keys")))
        .isEqualTo(Files.readString(temp.resolve("mine.pub")));
    assertThat(earlyFiles(WEB).values())
        .noneMatch(file -> !file.isDirectory() && text(file).contains("the private half"));
    assertThat(info("web").get("identityFile")).isEqualTo(key.toString());
    assertThat(temp.resolve("config/ssh")).doesNotExist();
    assertThat(SshAccessPlugin.check(context).status()).isEqualTo(DoctorCheck.Status.OK);
  }

  @Test
  void a_configured_key_that_cannot_work_is_refused_with_what_to_do() throws Exception {
    Path key = ownKey();
    refused("mine", "must be an absolute path, got mine", "begin it with");
    refused("/no/such/key", "/no/such/key, and there is no such file", "ssh-keygen");

    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
    refused(key.toString(), "others may use too (rw-r-----)", "chmod 600 " + key);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));

    Path half = temp.resolve("mine.pub");
    Files.writeString(half, "ssh-rsa AAAA\ncommand=x ssh-rsa AAAA");
    refused(key.toString(), "does not hold one public key", "ssh-keygen -y");
    Files.delete(half);
    refused(key.toString(), half + " is not there", "ssh-keygen -y -f " + key);
  }

  @Test
  void a_key_whose_private_half_is_in_an_agent_is_named_by_its_public_half() throws Exception {
    Path key = ownKey();
    Files.delete(key);
    Path half = temp.resolve("mine.pub");

    for (Path named : List.of(key, half)) {
      configured(named.toString());

      assertThat(text(earlyFiles(WEB).get("/root/.ssh/authorized_keys")))
          .isEqualTo(Files.readString(half));
      assertThat(info("web").get("identityFile")).isEqualTo(half.toString());
      assertThat(SshAccessPlugin.check(context).status()).isEqualTo(DoctorCheck.Status.OK);
    }
    Files.writeString(half, "no key");
    refused(half.toString(), "does not hold one public key", "ssh-add -L");
    Files.delete(half);
    refused(half.toString(), half + ", and there is no such file", "ssh-keygen -t ed25519");
  }

  @Test
  void a_public_half_stands_for_the_pair_when_the_private_one_is_there() throws Exception {
    Path key = ownKey();
    configured(temp.resolve("mine.pub").toString());

    assertThat(info("web").get("identityFile")).isEqualTo(key.toString());
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    refused(temp.resolve("mine.pub").toString(), "others may use too", "chmod 600 " + key);
  }

  @Test
  void a_key_of_a_security_token_is_one() throws Exception {
    Path half =
        Files.writeString(
            temp.resolve("token.pub"),
            "sk-ssh-ed25519@openssh.com " + "A".repeat(92) + " ada's token\n");
    configured(half.toString());

    assertThat(text(earlyFiles(WEB).get("/root/.ssh/authorized_keys")))
        .isEqualTo(Files.readString(half));
  }

  private void refused(String configuredKey, String sentence, String hint) throws Exception {
    configured(configuredKey);
    assertThatThrownBy(() -> earlyFiles(WEB))
        .isInstanceOfSatisfying(CapabilityException.class, e -> assertThat(e.hint()).contains(hint))
        .hasMessageContaining(sentence);
    assertThat(SshAccessPlugin.check(context).summary()).contains(sentence);
  }

  @Test
  void without_ssh_keygen_the_reason_is_told() throws Exception {
    host.without("ssh-keygen");

    assertThatThrownBy(() -> earlyFiles(WEB))
        .isInstanceOf(CapabilityException.class)
        .hasMessage("ssh-keygen is not installed");
    DoctorCheck.Outcome outcome = SshAccessPlugin.check(context);
    assertThat(outcome.status()).isEqualTo(DoctorCheck.Status.FAIL);
    assertThat(outcome.remedy()).isEqualTo("apt install openssh-client");
  }
}

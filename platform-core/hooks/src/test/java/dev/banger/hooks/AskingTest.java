package dev.banger.hooks;

import static dev.banger.hooks.Fixture.VM;
import static dev.banger.hooks.Fixture.plugin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestFile;
import dev.banger.api.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Validators, additions to the start, and the news that a VM is gone. */
@Timeout(30)
class AskingTest {
  @TempDir Path directory;
  private final Fixture fixture = new Fixture();

  private interface Adding {
    void to(Launch launch) throws Exception;
  }

  private void adds(String id, Adding adding) throws IOException {
    Path data = Files.createDirectories(directory.resolve(id));
    fixture.plugins.with(
        plugin(id, r -> r.contribute((_, launch, _) -> adding.to(launch))).at(data));
  }

  private Contributions contributions() throws InterruptedException {
    try (Passage passage = fixture.begin()) {
      return passage.contributions();
    }
  }

  private void refused(Adding adding, String why) throws IOException {
    Fixture each = new Fixture();
    Path data = Files.createDirectories(directory.resolve("nat"));
    each.plugins.with(
        plugin(
                "nat",
                r ->
                    r.contribute(
                        (_, launch, _) -> {
                          try {
                            adding.to(launch);
                          } catch (CapabilityException e) {
                            // A refusal counts all the same.
                          }
                        }))
            .at(data));
    try (Passage passage = each.begin()) {
      assertThatThrownBy(passage::contributions)
          .isInstanceOf(CapabilityException.class)
          .hasMessageContaining("plugin nat ")
          .hasMessageContaining(why);
    }
  }

  @Test
  void allPluginsAddTogetherAndTheEndpointsAreNoted() throws Exception {
    byte[] content = {1, 2, 3};
    adds(
        "aaa",
        launch -> {
          launch.file(GuestFile.file("/etc/motd", 0644, content));
          launch.file(GuestFile.directory("/srv", 0755));
          launch.kernelArgument("quiet");
          launch.endpoint("web", "http://127.77.0.5:8080/");
          content[0] = 9;
        });
    adds(
        "bbb",
        launch -> {
          launch.file(GuestFile.directory("/srv", 0755));
          launch.file(GuestFile.file("/srv/x", 0600, new byte[0]));
          launch.kernelArgument("quiet");
          launch.kernelArgument("hugepages=4");
          Path image = Files.write(directory.resolve("bbb/disk.raw"), new byte[1024]);
          launch.disk("data", image, true);
        });

    Contributions all = contributions();

    assertThat(all.files())
        .extracting(GuestFile::path)
        .containsExactly("/etc/motd", "/srv", "/srv/x");
    assertThat(all.files().getFirst().content()).as("as it was then").containsExactly(1, 2, 3);
    assertThat(all.kernelArguments()).containsExactly("quiet", "hugepages=4");
    assertThat(all.disks())
        .containsExactly(
            new Contributions.Disk(
                "bbb", "data", directory.resolve("bbb/disk.raw").toRealPath(), true));
    assertThat(fixture.journal.endpoints(VM.id()))
        .containsExactly(new Journal.Endpoint("aaa", "web", "http://127.77.0.5:8080/"));
    assertThat(fixture.journal.runs())
        .extracting(HookRun::message)
        .containsExactly(
            "2 files, 1 kernel argument, 1 endpoint", "2 files, 2 kernel arguments, 1 disk");
  }

  @Test
  void twoPluginsThatWantTheSameAreBothNamed() throws Exception {
    record Clash(Adding one, Adding other, String what) {}
    Path shared = Files.write(directory.resolve("x.raw"), new byte[512]);
    assertThat(shared).exists();
    for (Clash clash :
        List.of(
            new Clash(
                l -> l.file(GuestFile.file("/a", 0644, new byte[0])),
                l -> l.file(GuestFile.file("/a", 0644, new byte[0])),
                "guest file /a"),
            new Clash(
                l -> l.file(GuestFile.file("/a/b/c", 0644, new byte[0])),
                l -> l.file(GuestFile.file("/a", 0644, new byte[0])),
                "guest file /a"),
            new Clash(
                l -> l.file(GuestFile.directory("/a", 0755)),
                l -> l.file(GuestFile.directory("/a", 0700)),
                "guest file /a"),
            new Clash(
                l -> l.kernelArgument("hugepages=1"),
                l -> l.kernelArgument("hugepages=2"),
                "kernel argument hugepages"),
            new Clash(
                l -> l.kernelArgument("a-b=1"),
                l -> l.kernelArgument("a_b=2"),
                "kernel argument a_b"),
            new Clash(
                l -> l.endpoint("web", "http://a/"),
                l -> l.endpoint("web", "http://b/"),
                "endpoint web"))) {
      fixture.plugins.active.clear();
      adds("one", clash.one());
      adds("two", clash.other());

      assertThatThrownBy(this::contributions)
          .isInstanceOf(CapabilityException.class)
          .hasMessageContaining("one")
          .hasMessageContaining("two")
          .hasMessageContaining(clash.what())
          .satisfies(
              e -> assertThat(((CapabilityException) e).kind()).isEqualTo(FailureKind.CONFLICT));
    }
  }

  @Test
  void filesWithBadPathsModesOrSizesAreRefused() throws Exception {
    for (String path :
        Arrays.asList(
            null,
            "",
            "/",
            "etc",
            "/a//b",
            "/a/",
            "/a/../b",
            "/./a",
            "/a\n",
            "/" + "x".repeat(1024))) {
      refused(l -> l.file(new GuestFile(path, 0644, new byte[0])), "bad path");
    }
    refused(l -> l.file(null), "bad path");
    refused(l -> l.file(GuestFile.file("/a", 04755, new byte[0])), "with mode 4755");
    refused(l -> l.file(GuestFile.file("/a", -1, new byte[0])), "with mode");
    refused(l -> l.file(GuestFile.file("/a", 0600, new byte[(1 << 20) + 1])), "1 MiB is allowed");
    refused(
        l -> {
          for (int i = 0; i <= 64; i++) {
            l.file(GuestFile.directory("/d" + i, 0755));
          }
        },
        "more than 64 files");
  }

  @Test
  void kernelArgumentsThatAreMalformedOrBangersOwnAreRefused() throws Exception {
    for (String bad :
        Arrays.asList(
            null,
            "",
            "a b",
            "a=\"b\"",
            "a='",
            "--",
            "-x",
            "=1",
            "a\n",
            "\u00e4",
            "a".repeat(201))) {
      refused(l -> l.kernelArgument(bad), "malformed kernel argument");
    }
    for (String own :
        List.of(
            "console=ttyS0",
            "root=/dev/vda",
            "init=/bin/sh",
            "rdinit=/x",
            "tsc_early_khz=1",
            "tsc-early-khz=1",
            "panic=1",
            "reboot=k",
            "banger.x=1",
            "banger.")) {
      refused(l -> l.kernelArgument(own), "which banger sets itself");
    }
    refused(
        l -> {
          l.kernelArgument("a=1");
          l.kernelArgument("a=2");
        },
        "gives kernel argument a twice");
    refused(
        l -> {
          for (int i = 0; i < 16; i++) {
            l.kernelArgument("a" + i + "=" + "x".repeat(100));
          }
        },
        "longer than 1024");
  }

  @Test
  void onlyAPluginsOwnRegularFilesAreDisks() throws Exception {
    Path data = Files.createDirectories(directory.resolve("nat"));
    Path outside = Files.write(directory.resolve("outside.raw"), new byte[512]);
    Path odd = Files.write(data.resolve("odd.raw"), new byte[513]);
    Path empty = Files.write(data.resolve("empty.raw"), new byte[0]);
    Path fine = Files.write(data.resolve("fine.raw"), new byte[512]);
    Path link = Files.createSymbolicLink(data.resolve("link.raw"), fine);
    Path away = Files.createSymbolicLink(data.resolve("away"), directory);

    refused(l -> l.disk("d", outside, false), "outside of its data directory");
    refused(l -> l.disk("d", data.resolve("../outside.raw"), false), "outside");
    refused(l -> l.disk("d", away.resolve("outside.raw"), false), "outside");
    refused(l -> l.disk("d", link, false), "no regular file");
    refused(l -> l.disk("d", data, false), "no regular file");
    refused(l -> l.disk("d", data.resolve("missing"), false), "no regular file");
    refused(l -> l.disk("d", Path.of("fine.raw"), false), "no absolute path");
    refused(l -> l.disk("d", odd, false), "no multiple of 512");
    refused(l -> l.disk("d", empty, false), "no multiple of 512");
    refused(l -> l.disk("Bad,name", fine, false), "bad name");
    refused(l -> l.disk("x".repeat(21), fine, false), "bad name");
    refused(
        l -> {
          l.disk("one", fine, false);
          l.disk("two", fine, false);
        },
        "gives disk two twice");
  }

  @Test
  void endpointsThatCannotBeShownAreRefused() throws Exception {
    for (String bad :
        Arrays.asList(
            null,
            "",
            "relative/path",
            "http://a b/",
            "http://a/\u001b[2J",
            "http://\u202e/",
            "http://" + "x".repeat(200))) {
      refused(l -> l.endpoint("web", bad), "bad URI");
    }
    refused(l -> l.endpoint("Web", "http://a/"), "bad name");
    refused(l -> l.endpoint(null, "http://a/"), "bad name");
  }

  @Test
  void nothingIsTakenAfterTheCall() throws Exception {
    AtomicReference<Launch> kept = new AtomicReference<>();
    adds("nat", kept::set);

    assertThat(contributions()).isEqualTo(Contributions.NONE);
    assertThatThrownBy(() -> kept.get().kernelArgument("late"))
        .hasMessageContaining("were taken already");
  }

  @Test
  void aContributorThatFailsFailsTheStartByName() throws Exception {
    adds(
        "nat",
        _ -> {
          throw new CapabilityException(FailureKind.UNAVAILABLE, "no nft here", "install nft");
        });

    assertThatThrownBy(this::contributions)
        .hasMessageMatching(
            "nat 1\\.0\\.0: its addition to the start failed after [0-9]+ ms: no nft here");
  }

  @Test
  void allProblemsOfAllPluginsAreToldAtOnce() throws Exception {
    CyclicBarrier together = new CyclicBarrier(2);
    fixture.plugins.with(
        plugin(
            "aaa",
            r ->
                r.validate(
                    (_, _) -> {
                      together.await(10, TimeUnit.SECONDS);
                      return Arrays.asList("one\nline", null);
                    })),
        plugin(
            "bbb",
            r ->
                r.validate(
                    (_, _) -> {
                      together.await(10, TimeUnit.SECONDS);
                      throw new IllegalStateException("off");
                    })),
        plugin("ccc", r -> r.validate((_, _) -> List.of())),
        plugin("ddd", r -> r.validate((_, _) -> null)));

    try (Passage passage = fixture.begin()) {
      assertThat(passage.problems())
          .containsExactly(
              "plugin aaa: one line",
              "plugin aaa: a problem without words",
              "plugin bbb: its validator failed: IllegalStateException: off",
              "plugin ddd: its validator failed: the validator returned null");
    }
    assertThat(fixture.journal.runs())
        .extracting(HookRun::outcome)
        .containsExactly("failed", "failed", "ok", "failed");
  }

  @Test
  void everyPluginHearsOfARemovalEvenIfOneFails() throws Exception {
    List<String> told = new ArrayList<>();
    fixture.plugins.with(
        plugin(
            "aaa",
            r ->
                r.vmRemoved(
                    (_, _) -> {
                      throw new IllegalStateException("off");
                    })),
        plugin("bbb", r -> r.vmRemoved((vm, _) -> told.add(vm.name()))));
    fixture.journal.endpoints(VM.id(), List.of(new Journal.Endpoint("a", "b", "c:d")));

    try (Passage passage = fixture.begin()) {
      assertThat(passage.removed()).containsExactly("aaa 1.0.0: IllegalStateException: off");
    }
    assertThat(told).containsExactly("web");
    assertThat(fixture.journal.endpoints(VM.id())).isEmpty();
  }
}

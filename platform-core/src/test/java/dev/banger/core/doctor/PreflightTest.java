package dev.banger.core.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.banger.core.config.ConfigLoader;
import dev.banger.core.disk.DiskSpace;
import dev.banger.core.disk.Disks;
import dev.banger.core.doctor.DoctorCheck.Need;
import dev.banger.core.host.Commands;
import dev.banger.core.host.ProcessCommands;
import dev.banger.core.lifecycle.HostNetwork;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightTest {
  private static final Set<Need> CREATE = Set.of(Need.CREATE);

  @TempDir Path temp;
  private Instant now = Instant.EPOCH;
  private boolean missing;
  private final AtomicInteger asked = new AtomicInteger();

  private Preflight preflight() {
    DoctorCheck check =
        new DoctorCheck() {
          @Override
          public String id() {
            return "qemu";
          }

          @Override
          public Set<Need> neededFor() {
            return CREATE;
          }

          @Override
          public DoctorCheck.Result run() {
            asked.incrementAndGet();
            return missing
                ? DoctorCheck.Result.fail("qemu is not installed", "install it")
                : DoctorCheck.Result.ok("");
          }
        };
    return new Preflight(new Doctor(() -> List.of(check)), () -> now);
  }

  @Test
  void thatAllIsWellIsRememberedForFiveMinutes() throws Exception {
    Preflight preflight = preflight();
    preflight.require(CREATE);
    now = now.plus(Duration.ofSeconds(299));
    preflight.require(CREATE);
    assertThat(asked).hasValue(1);
    now = now.plus(Duration.ofSeconds(1));
    preflight.require(CREATE);
    assertThat(asked).hasValue(2);
    now = now.minus(Duration.ofDays(1));
    preflight.require(CREATE);
    assertThat(asked).as("the clock was set back").hasValue(3);
  }

  @Test
  void whatIsMissingIsNotRemembered() throws Exception {
    Preflight preflight = preflight();
    missing = true;
    assertThatThrownBy(() -> preflight.require(CREATE)).hasMessage("qemu is not installed");
    missing = false;
    preflight.require(CREATE);
  }

  @Test
  void aQemuThatIsConfiguredButNotThereIsToldOnceAndWithWhatToDo() throws Exception {
    Files.writeString(temp.resolve("config.toml"), "qemu_bin = \"/no/such/qemu\"\n");
    BangerException refusal =
        refusal(
            new ProcessCommands(),
            new StatusOnlyDriver("qemu", false, "", "/no/such/qemu is not installed", "x"));
    assertThat(refusal.kind()).isEqualTo(ErrorKind.UNAVAILABLE);
    assertThat(refusal)
        .hasMessage(
            "/no/such/qemu, the qemu_bin of the configuration, is not there or not executable");
    assertThat(refusal.hint()).contains("banger config path", "banger daemon restart");
  }

  @Test
  void aMissingToolIsToldWithThePackageThatHasIt() throws Exception {
    Commands real = new ProcessCommands();
    Commands without =
        new Commands() {
          @Override
          public Commands.Result run(Commands.Call call) throws InterruptedException {
            return real.run(call);
          }

          @Override
          public Optional<Path> find(String tool) {
            return tool.equals("mkfs.ext4") ? Optional.empty() : real.find(tool);
          }
        };
    BangerException refusal = refusal(without, new StatusOnlyDriver(true, "tcg", "", ""));
    assertThat(refusal).hasMessage("mkfs.ext4 is not installed");
    assertThat(refusal.hint()).endsWith("apt-get install e2fsprogs");
  }

  private BangerException refusal(Commands commands, StatusOnlyDriver driver) throws Exception {
    assertThat(DiskSpace.freeMiB(temp)).as("room for the test").isGreaterThan(200);
    Path agent = Files.writeString(temp.resolve("agent.img"), "agent");
    ConfigLoader loader = new ConfigLoader(temp.resolve("config.toml"), temp);
    Doctor doctor =
        new Doctor(
            () ->
                CoreChecks.of(
                    commands,
                    loader.load(),
                    loader,
                    new CoreChecks.Places(temp, temp, temp, temp),
                    List.of(driver),
                    () -> agent,
                    HostNetwork.USER_MODE::status,
                    Disks.of(new FakeCommands(), temp.resolve("agent.img"), temp, "auto")));
    return catchThrowableOfType(BangerException.class, () -> new Preflight(doctor).require(CREATE));
  }
}

package dev.banger.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.lifecycle.VmmDriver.Capabilities;
import dev.banger.core.lifecycle.VmmDriver.DriverStatus;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DriversTest {
  private static final Drivers.Needs NOTHING = new Drivers.Needs(false, Optional.empty());
  private static final DriverStatus TRYING = status("fast", false, "still being tried");

  @Test
  void whoNamesADriverWaitsForTheVerdictOnIt() {
    VmmDriver fast = driver("fast", TRYING, status("fast", true, ""));
    VmmDriver safe = driver("safe", status("safe", true, ""), status("safe", true, ""));
    Drivers drivers = new Drivers(List.of(fast, safe));

    assertThat(drivers.pick("fast", NOTHING)).isSameAs(fast);
    assertThat(drivers.pick("auto", NOTHING)).isSameAs(safe);
  }

  @Test
  void aDriverThatIsFoundUnusableIsRefusedWithItsReason() {
    VmmDriver fast = driver("fast", TRYING, status("fast", false, "nothing boots"));

    assertThatThrownBy(() -> new Drivers(List.of(fast)).pick("fast", NOTHING))
        .hasMessage("fast cannot run VMs here: nothing boots");
  }

  private static DriverStatus status(String name, boolean usable, String reason) {
    return new DriverStatus(name, usable, "", "1", reason, "");
  }

  private static VmmDriver driver(String name, DriverStatus now, DriverStatus settled) {
    return (VmmDriver)
        Proxy.newProxyInstance(
            VmmDriver.class.getClassLoader(),
            new Class<?>[] {VmmDriver.class},
            (_, method, _) ->
                switch (method.getName()) {
                  case "name" -> name;
                  case "capabilities" -> new Capabilities(Set.of(LaunchPlan.Disk.Format.RAW), true);
                  case "status" -> now;
                  case "settledStatus" -> settled;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }
}

package dev.banger.core.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.client.BangerClient;
import dev.banger.client.Json;
import dev.banger.core.doctor.Doctor;
import dev.banger.core.doctor.DoctorCheck;
import dev.banger.core.doctor.Preflight;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightedMethodsTest {
  @TempDir Path home;

  private record Missing(Need need) implements DoctorCheck {
    @Override
    public String id() {
      return need.name();
    }

    @Override
    public Set<Need> neededFor() {
      return Set.of(need);
    }

    @Override
    public Result run() {
      return Result.fail(need + " cannot work", "mend it");
    }
  }

  @Test
  void nothingBeginsThatCannotWork() {
    Map<String, RpcMethod> methods = new ConcurrentHashMap<>();
    for (String name :
        List.of("vm.create", "vm.start", "vm.restart", "vm.stop", "vm.list", "image.import")) {
      methods.put(name, _ -> Json.TRUE);
    }
    PreflightedMethods.guard(
        methods,
        new Preflight(
            new Doctor(
                () ->
                    List.of(
                        new Missing(DoctorCheck.Need.CREATE),
                        new Missing(DoctorCheck.Need.IMPORT_DEBIAN)))));
    Path socket = home.resolve("run/d.sock");
    try (RpcServer _ = RpcServer.listen(socket, methods::get);
        BangerClient client = BangerClient.connect(socket, Duration.ofSeconds(5)).orElseThrow()) {
      for (String booting : List.of("vm.create", "vm.start", "vm.restart")) {
        assertThatThrownBy(() -> client.call(booting, Json.build().done()))
            .as(booting)
            .hasMessage("CREATE cannot work")
            .hasFieldOrPropertyWithValue("hint", "mend it")
            .hasFieldOrPropertyWithValue("kind", "unavailable");
      }
      for (String harmless : List.of("vm.stop", "vm.list")) {
        assertThat(client.call(harmless, Json.build().done())).isEqualTo(Json.TRUE);
      }
      assertThat(client.call("image.import", Json.build().put("kind", "tiny").done()))
          .isEqualTo(Json.TRUE);
      assertThatThrownBy(
              () -> client.call("image.import", Json.build().put("kind", "debian").done()))
          .hasMessage("IMPORT_DEBIAN cannot work");
    }
  }
}

package dev.banger.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What banger does to an image beyond the distribution's packages. */
class SshInImagesTest {
  @ParameterizedTest
  @ValueSource(strings = {"debian-finish.sh", "initramfs-init.sh"})
  void weakens_no_ssh_server(String name) throws IOException {
    try (InputStream in = InitramfsBuilder.class.getResourceAsStream(name)) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8).toLowerCase(Locale.ROOT))
          .doesNotContain(
              "loglevel",
              "debug3",
              "strictmodes",
              "permitrootlogin",
              "passwordauthentication",
              "kbdinteractiveauthentication",
              "challengeresponseauthentication",
              "permitemptypasswords",
              "chpasswd");
    }
  }
}

package dev.banger.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.image.Apt.Target;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DebianSourcesTest {
  private static final Target MAIN = debian("bookworm", "bookworm");
  private static final Target UPDATES = debian("bookworm-updates", "bookworm-updates");
  private static final Target SECURITY = debian("bookworm-security", "bookworm-security");

  @Test
  void theSuiteItsUpdatesAndSecurityAreTakenFromTheHost() {
    DebianSources sources =
        DebianSources.ofHost("bookworm", List.of(MAIN, UPDATES, SECURITY)).orElseThrow();
    assertThat(sources.lines())
        .containsExactly(
            "deb http://mirror.example/debian/ bookworm main",
            "deb http://mirror.example/debian/ bookworm-updates main",
            "deb http://mirror.example/debian/ bookworm-security main");
    assertThat(sources.suiteIsHosts()).isTrue();
  }

  @Test
  void otherVendorsOtherComponentsAndOtherSuitesStayOut() {
    List<Target> targets =
        List.of(
            MAIN,
            new Target("http://vendor.example/", "bookworm", "bookworm", "main", "Vendor"),
            new Target("http://mirror.example/", "bookworm", "bookworm", "non-free", "Debian"),
            debian("bookworm-backports", "bookworm-backports"));
    DebianSources sources = DebianSources.ofHost("bookworm", targets).orElseThrow();
    assertThat(sources.lines()).containsExactly("deb http://mirror.example/debian/ bookworm main");
    assertThat(sources.suiteIsHosts()).as("backports could offer another kernel").isFalse();
  }

  @Test
  void aHostThatSaysStableIsUnderstoodByCodename() {
    assertThat(
            DebianSources.ofHost("bookworm", List.of(debian("stable", "bookworm")))
                .orElseThrow()
                .lines())
        .containsExactly("deb http://mirror.example/debian/ stable main");
  }

  @Test
  void securityUpdatesAloneAreNoSuite() {
    assertThat(DebianSources.ofHost("bookworm", List.of(SECURITY))).isEmpty();
    assertThat(DebianSources.ofHost("trixie", List.of(MAIN, UPDATES))).isEmpty();
  }

  @Test
  void aMirrorServesTheSuiteAndItsUpdatesButSidHasNone() {
    assertThat(DebianSources.ofMirror("trixie", "https://mirror.example/debian").lines())
        .satisfiesExactly(
            line -> assertThat(line).endsWith("https://mirror.example/debian trixie main"),
            line -> assertThat(line).endsWith("https://mirror.example/debian trixie-updates main"));
    assertThat(DebianSources.ofMirror("sid", "https://mirror.example/debian").lines()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "mirror.example/debian",
        "ftp://mirror.example/",
        "http://mirror.example/ evil main\ndeb http://other.example/",
        "http://mirror.example/\ndeb",
        "[trusted=yes] http://mirror.example/",
        "javascript:alert(1)"
      })
  void whatIsNoMirrorIsRefused(String mirror) {
    assertThatThrownBy(() -> DebianSources.ofMirror("bookworm", mirror))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-oX=y", "book worm", "../x", "Bookworm", "a\nb"})
  void whatIsNoSuiteIsRefused(String suite) {
    assertThatThrownBy(() -> DebianSources.checkSuite(suite))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID));
  }

  private static Target debian(String release, String codename) {
    return new Target("http://mirror.example/debian/", release, codename, "main", "Debian");
  }
}

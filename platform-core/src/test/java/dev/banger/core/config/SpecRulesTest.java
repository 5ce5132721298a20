package dev.banger.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.banger.core.config.SpecRules.Problem;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecRulesTest {
  private static final long IMAGE_MIB = 2048;

  private final SpecRules rules =
      new SpecRules(new Config.VmDefaults(2, 1024, 8192, 4096, "auto"), new HostLimits(4, 16_000));

  @Test
  void whatIsUsualIsFine() {
    assertThat(rules.check(spec("web", 2, 1024, 8192, 4096, Map.of("team", "core")), IMAGE_MIB))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|1024|8192|4096|cpus must be at least 1, got 0|--cpus 2, or leave it out for the default"
            + " (2)",
        "-1|1024|8192|4096|cpus must be at least 1, got -1|--cpus 2, or leave it out for the default"
            + " (2)",
        "33|1024|8192|4096|cpus must be at most 32 (8 for each of this host's 4), got 33|--cpus 2,"
            + " or leave it out for the default (2)",
        "2|0|8192|4096|memory must be at least 64 MiB, got 0|--memory 1GiB, or leave it out for the"
            + " default (1 GiB)",
        "2|-64|8192|4096|memory must be at least 64 MiB, got -64 MiB|--memory 1GiB, or leave it out"
            + " for the default (1 GiB)",
        "2|16001|8192|4096|memory must be at most the 16000 MiB this host has, got 16001"
            + " MiB|--memory 1GiB, or leave it out for the default (1 GiB)",
        "2|1024|1024|4096|disk must be at least the 2 GiB of the image debian, got 1 GiB|leave"
            + " --disk out, or give it 2GiB",
        "2|1024|8388609|4096|disk must be at most 8 TiB, got 8388609 MiB|leave --disk out for the"
            + " default size",
        "2|1024|8192|0|work disk must be at least 16 MiB, got 0|--work-disk 4GiB, or leave it out"
            + " for the default (4 GiB)",
        "2|1024|8192|9223372036854775807|work disk must be at most 8 TiB, got 9223372036854775807"
            + " MiB|--work-disk 4GiB, or leave it out for the default (4 GiB)",
      })
  void aValueOutOfItsRangeIsToldWithTheLimit(
      int cpus, int memory, long disk, long workDisk, String message, String hint) {
    assertThat(rules.check(spec("web", cpus, memory, disk, workDisk, Map.of()), IMAGE_MIB))
        .containsExactly(new Problem(message, hint));
  }

  @Test
  void moreThanSixtyFourCpusAreRefusedOnAnyHost() {
    SpecRules big =
        new SpecRules(
            new Config.VmDefaults(2, 1024, 8192, 4096, "auto"), new HostLimits(128, 900_000));
    assertThat(big.check(spec("web", 64, 1024, 8192, 4096, Map.of()), IMAGE_MIB)).isEmpty();
    assertThat(big.check(spec("web", 65, 1024, 8192, 4096, Map.of()), IMAGE_MIB))
        .extracting(Problem::message)
        .containsExactly("cpus must be at most 64, got 65");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "7", "web-1", "brisk-otter", "0123456789abc", "abcdefabcdeg"})
  void namesThatAreDnsLabelsAreFine(String name) {
    assertThat(SpecRules.isValidName(name)).isTrue();
    assertThat(problems(name)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-web",
        "web-",
        "Web",
        "web_1",
        "web.1",
        "w w",
        "../web",
        "web\n",
        "\u00e4",
        "web\u202e",
        "a-name-that-is-much-too-long-for-a-label-"
      })
  void otherNamesAreRefused(String name) {
    assertThat(SpecRules.isValidName(name)).isFalse();
    assertThat(problems(name))
        .singleElement()
        .satisfies(
            problem ->
                assertThat(problem.message())
                    .startsWith("name must be 1 to 40 of a-z, 0-9 and -")
                    .doesNotContain("\n", "\u202e"));
  }

  @Test
  void aNameThatLooksLikeAnIdIsRefused() {
    assertThat(problems("0123456789ab"))
        .extracting(Problem::message)
        .containsExactly("name must not look like an id, got \"0123456789ab\"");
  }

  @Test
  void aWrongNameGetsARightOneAsHint() {
    assertThat(problems("My_App")).extracting(Problem::hint).containsExactly("for example my-app");
    assertThat(problems("___"))
        .extracting(Problem::hint)
        .containsExactly("leave it out, and the VM gets a name of its own");
  }

  @Test
  void labelsAreBoundedInNumberShapeAndLength() {
    Map<String, String> many =
        IntStream.range(0, 33).boxed().collect(Collectors.toMap(i -> "k" + i, _ -> "v"));
    assertThat(labelled(many))
        .extracting(Problem::message)
        .containsExactly("a VM has at most 32 labels, got 33");
    assertThat(labelled(Map.of("-x", "v"))).hasSize(1);
    assertThat(labelled(Map.of("", "v"))).hasSize(1);
    assertThat(labelled(Map.of("k", "two\nlines"))).hasSize(1);
    assertThat(labelled(Map.of("k", "v".repeat(257)))).hasSize(1);
    assertThat(labelled(Map.of("example.org/owner", "Ada", "k", ""))).isEmpty();
  }

  @Test
  void oneProblemIsTheMessageAndItsHintTheHint() {
    BangerException refusal = refusal(spec("web", 2, 0, 8192, 4096, Map.of()));
    assertThat(refusal.kind()).isEqualTo(ErrorKind.INVALID);
    assertThat(refusal).hasMessage("memory must be at least 64 MiB, got 0");
    assertThat(refusal.hint()).isEqualTo("--memory 1GiB, or leave it out for the default (1 GiB)");
    assertThat(refusal.details()).isEmpty();
  }

  @Test
  void severalProblemsAreToldTogether() {
    BangerException refusal = refusal(spec("Web", 0, 0, 0, 0, Map.of()));
    assertThat(refusal.getMessage()).startsWith("5 things are wrong with this VM: name must be");
    assertThat(refusal.details()).hasSize(5);
  }

  @Test
  void aChangeIsMadeOverWhatTheVmHas() {
    VmSpec now = spec("web", 2, 1024, 8192, 4096, Map.of("a", "1", "b", "2"));

    VmSpec then =
        rules.changed(
            now,
            new SpecChange(
                Optional.of(4),
                Optional.empty(),
                Optional.of(8192L),
                Optional.of(false),
                Map.of("a", "3", "c", "4"),
                Set.of("b", "not there")));

    assertThat(then)
        .isEqualTo(
            new VmSpec(
                "web", "debian", 4, 1024, 8192, 8192, false, "auto", Map.of("a", "3", "c", "4")));
  }

  @Test
  void allThatIsWrongWithAChangeIsToldTogether() {
    SpecChange change =
        new SpecChange(
            Optional.of(0),
            Optional.of(-1),
            Optional.of(2048L),
            Optional.empty(),
            Map.of("-x", "v", "k", "v"),
            Set.of("k"));

    BangerException refusal =
        catchThrowableOfType(
            BangerException.class,
            () -> rules.changed(spec("web", 2, 1024, 8192, 4096, Map.of()), change));

    assertThat(refusal.kind()).isEqualTo(ErrorKind.INVALID);
    assertThat(refusal.details())
        .containsExactly(
            "cpus must be at least 1, got 0 (--cpus 2, or leave it out to keep what it has (2))",
            "memory must be at least 64 MiB, got -1 MiB (--memory 1GiB, or leave it out to keep"
                + " what it has (1 GiB))",
            "the work disk is 4 GiB and can only grow; asked for 2 GiB (more than --work-disk 4GiB,"
                + " or leave it out; a smaller one needs another VM)",
            "label \"k\" is to be set and to be removed (one of --label and --unlabel)",
            "a label's key must be 1 to 63 of letters, digits and . _ / - between them, got \"-x\""
                + " (--label team=core)");
  }

  @Test
  void aWorkDiskOfNoSizeIsOneProblemAndNotTwo() {
    assertThat(
            rules.check(
                spec("web", 2, 1024, 8192, 4096, Map.of()),
                new SpecChange(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(0L),
                    Optional.empty(),
                    Map.of(),
                    Set.of())))
        .extracting(Problem::message)
        .containsExactly("work disk must be at least 16 MiB, got 0");
  }

  @Test
  void whatIsNotChangedIsNotLookedAt() {
    // Made on a larger host, say.
    VmSpec now = spec("web", 64, 64_000, 8192, 4096, Map.of());
    SpecChange change =
        new SpecChange(
            Optional.empty(),
            Optional.empty(),
            Optional.of(4096L),
            Optional.of(false),
            Map.of(),
            Set.of());

    assertThat(rules.check(now, change)).isEmpty();
    assertThat(change.isEmpty()).isFalse();
  }

  private BangerException refusal(VmSpec spec) {
    return catchThrowableOfType(BangerException.class, () -> rules.insist(spec, IMAGE_MIB));
  }

  private List<Problem> problems(String name) {
    return rules.check(spec(name, 2, 1024, 8192, 4096, Map.of()), IMAGE_MIB);
  }

  private List<Problem> labelled(Map<String, String> labels) {
    return rules.check(spec("web", 2, 1024, 8192, 4096, labels), IMAGE_MIB);
  }

  private static VmSpec spec(
      String name, int cpus, int memory, long disk, long workDisk, Map<String, String> labels) {
    return new VmSpec(name, "debian", cpus, memory, disk, workDisk, true, "auto", labels);
  }
}

package dev.banger.plugin.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostileScriptTest {
  @TempDir Path temp;
  private Bench bench;

  @BeforeEach
  void aBench() throws IOException {
    bench = new Bench(temp);
  }

  private void starting(String body) throws IOException {
    bench.script("guest/10-a", "[ $1 = start ] || exit 0\n" + body);
  }

  private String shortfall() throws Exception {
    if (bench.start() instanceof Started.Degraded<HookReceipt>(HookReceipt receipt, String why)) {
      assertThat(receipt.runs()).as("what is left to stop").isEmpty();
      return why;
    }
    throw new AssertionError("it is not degraded");
  }

  @Test
  void one_that_hangs_is_killed_with_its_descendants() throws Exception {
    bench.within(Duration.ofSeconds(3));
    starting("sleep 600 & echo $! > \"$here/pid\"; echo $$ > \"$here/parent\"; wait");

    assertThat(shortfall())
        .contains("script guest/10-a start failed: it did not end", "within 3000 ms");

    ended(Long.parseLong(bench.left("pid")));
    ended(Long.parseLong(bench.left("parent")));
  }

  private static void ended(long pid) throws Exception {
    var process = ProcessHandle.of(pid);
    if (process.isPresent()) {
      process.get().onExit().get(30, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          hello                            | Unrecognized token 'hello'
          42                               | it does not begin with {
          {"receipt":{}} {}                | something follows the first object
          {"receipt":[1]}                  | receipt is not an object
          {"note":7}                       | note is not a text
          {"reciept":{}}                   | "reciept" is none of its fields, which are receipt, note
          {"state":"fine"}                 | state is present, gone, drifted, unknown, not "fine"
          {"note":"a","note":"b"}          | Duplicate field 'note'
          {"receipt":{"a":                 | Unexpected end-of-input
          """)
  void one_that_answers_nonsense_has_failed(String answer, String words) throws Exception {
    Files.writeString(bench.here.resolve("answer"), answer);
    starting("cat \"$here/answer\"");

    assertThat(shortfall()).contains("what it printed is not an answer: " + words);
  }

  @Test
  void one_that_answers_in_another_encoding_has_failed() throws Exception {
    starting("printf '{\"note\":\"\\344\"}'");

    assertThat(shortfall()).contains("what it printed is not UTF-8");
  }

  @Test
  void an_answer_nested_without_end_is_refused() throws Exception {
    starting("printf '{\"receipt\":'; for i in $(seq 2000); do printf '{\"a\":'; done");

    assertThat(shortfall()).contains("what it printed is not an answer: ");
  }

  @Test
  void one_that_prints_a_megabyte_has_failed() throws Exception {
    starting("head -c 1000000 /dev/zero | tr '\\0' ' '");

    assertThat(shortfall()).contains("it printed more than 64 KiB");
  }

  @Test
  void one_that_prints_without_end_is_hung_up_on() throws Exception {
    starting("yes");

    assertThat(shortfall()).contains("it printed more than 64 KiB");
  }

  @Test
  void a_megabyte_of_complaints_is_cut() throws Exception {
    starting("head -c 1000000 /dev/zero | tr '\\0' x >&2; exit 1");

    assertThat(shortfall()).startsWith("script guest/10-a start failed: exit code 1: xxx");
    assertThat(shortfall()).hasSizeLessThan(500);
  }

  @Test
  void nothing_a_script_says_steers_a_terminal() throws Exception {
    starting("printf '\\033[2J\\033]0;owned\\007bad\\302\\233 \\342\\200\\256luck\\n' >&2; exit 1");
    assertThat(shortfall())
        .endsWith("exit code 1: ?[2J?]0;owned?bad? ?luck")
        .doesNotContain("\033");

    bench.script(
        "guest/10-a",
        "[ $1 != start ] || printf '%s' '{\"note\":\"\\u001b[31mred\\nline\"}'; exit 0");
    assertThat(bench.start())
        .isInstanceOfSatisfying(
            Started.Ok.class,
            ok -> assertThat(ok.note()).isEqualTo("1 script; guest/10-a: ?[31mred line"));
  }

  @Test
  void one_without_a_usable_interpreter_says_so() throws Exception {
    bench.file("guest/10-a", "#!/no/such/interpreter\n");

    assertThat(shortfall()).contains("guest/10-a plan failed: exit code 127", "10-a");
  }

  @Test
  void one_that_reads_nothing_and_one_that_reads_twice_are_both_fine() throws Exception {
    bench.script("guest/10-a", "exec <&-");
    bench.script("guest/20-b", "cat > /dev/null; cat > /dev/null");

    assertThat(bench.started().runs()).hasSize(2);
  }

  @Test
  void scripts_that_others_could_have_written_are_not_run() throws Exception {
    Path script = bench.script("guest/10-a", "");
    Path dir = script.getParent();
    Bench.mode(script, "rwxrwxr-x");
    assertThat(shortfall())
        .isEqualTo(
            "%s can be written by others (mode 775); mend it: chmod go-w %s"
                .formatted(script, script));
    Bench.mode(script, "rwxr-xr-x");

    Bench.mode(dir, "rwxr-xrwx");
    assertThat(shortfall()).contains(dir + " can be written by others (mode 757)");
    Bench.mode(dir, "rwxr-xr-x");

    Bench.mode(bench.hooks, "rwxrwx---");
    assertThat(shortfall()).contains(bench.hooks + " can be written by others");
    Bench.mode(bench.hooks, "rwxr-xr-x");

    assertThat(bench.log()).isEmpty();
    assertThat(bench.started().runs()).hasSize(1);
  }

  @Test
  void a_link_may_lead_within_the_directory_and_not_out_of_it() throws Exception {
    Path shared = bench.script("lib/shared", "");
    Files.createDirectories(bench.hooks.resolve("guest"));
    Bench.mode(bench.hooks.resolve("guest"), "rwxr-xr-x");
    Path link = bench.hooks.resolve("guest/10-link");
    Files.createSymbolicLink(link, shared);
    assertThat(bench.started().runs()).hasSize(1);

    Path outside = Files.copy(shared, temp.resolve("outside"));
    Bench.mode(outside, "rwxr-xr-x");
    Files.delete(link);
    Files.createSymbolicLink(link, outside);
    assertThat(shortfall()).contains("is a link that leads out of", outside.toString());

    Files.delete(link);
    Files.createSymbolicLink(link, temp.resolve("nowhere"));
    assertThat(shortfall()).contains(link.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/bin/sh", "guest/10-a", "/x/guest/../sh", "/x/guest/-c", "/guest/a=b"})
  void a_receipt_names_scripts_and_no_other_programs(String file) {
    assertThatThrownBy(() -> new HookReceipt.Run(file, "", "{}"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

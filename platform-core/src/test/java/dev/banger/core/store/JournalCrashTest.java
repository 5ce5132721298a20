package dev.banger.core.store;

import static dev.banger.core.store.StepFixtures.WEB;
import static dev.banger.core.store.StepFixtures.run;
import static dev.banger.core.store.StepFixtures.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.CapabilityException;
import dev.banger.hooks.HookRun;
import dev.banger.hooks.JournalRow;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that is killed in the middle of a start, or runs out of disk. */
class JournalCrashTest {
  private static final int ROUNDS = 3;
  private static final int ANSWERS = 60;

  @TempDir Path temp;

  @Test
  void whatWasAnsweredIsThereAfterTheProcessWasKilled() throws Exception {
    Path file = temp.resolve("banger.db");
    List<String> answered = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      Process daemon = start(List.of(), Starter.class, file, String.valueOf(round));
      try (BufferedReader out = daemon.inputReader()) {
        for (int i = 0; i < ANSWERS; i++) {
          answered.add(out.readLine());
        }
      } finally {
        daemon.destroyForcibly().waitFor();
      }
    }
    try (Database database = Database.open(file)) {
      SqliteJournal journal = new SqliteJournal(database);
      Map<Long, JournalRow> open =
          journal.open().stream().collect(Collectors.toMap(JournalRow::id, row -> row));
      Set<String> runs =
          journal.runs(Optional.empty(), Optional.empty(), Integer.MAX_VALUE).stream()
              .map(HookRun::message)
              .collect(Collectors.toSet());
      Map<Long, String> last = new HashMap<>();
      for (String answer : answered) {
        String[] words = answer.split(" ");
        last.put(Long.parseLong(words[0]), words[1]);
        if (words[1].equals("recorded")) {
          assertThat(runs).contains(answer);
        }
      }
      assertThat(last).hasSizeGreaterThan(ROUNDS);
      last.forEach((id, state) -> assertIsAtLeast(state, open.get(id)));
    }
  }

  /** One more change may have been committed and not answered. */
  private static void assertIsAtLeast(String answered, JournalRow row) {
    switch (answered) {
      case "begun" -> assertThat(row).isNotNull();
      case "intended" -> assertThat(row.receiptJson()).isPresent();
      case "settled", "recorded" -> {
        if (row != null) {
          assertThat(row.state()).isEqualTo(JournalRow.State.STARTED);
          assertThat(row.receiptJson()).contains("{\"id\":" + row.id() + "}");
        }
      }
      case "closed" -> assertThat(row).isNull();
      default -> throw new AssertionError(answered);
    }
  }

  /** Starts and stops steps for ever, and says after each change that it is made. */
  static final class Starter {
    private Starter() {}

    public static void main(String[] args) {
      SqliteJournal journal = new SqliteJournal(Database.open(Path.of(args[0])));
      for (int i = 0; !System.out.checkError(); i++) {
        long id = journal.begin(step(WEB, "nat", "step-" + args[1] + "-" + i));
        System.out.println(id + " begun");
        journal.intend(id, "{\"id\":" + id + "}");
        System.out.println(id + " intended");
        settle(journal, id);
        System.out.println(id + " settled");
        journal.record(run(id + " recorded"));
        System.out.println(id + " recorded");
        journal.close(id, Optional.empty());
        System.out.println(id + " closed");
      }
    }
  }

  @Test
  void onAFullDiskTheNextStepIsRefusedAndWhatWasAnsweredIsKept() throws Exception {
    Path small = Files.createDirectory(temp.resolve("small"));
    // Over the directory, but seen by that one process only, lies a disk of 1 MiB.
    List<String> onASmallDisk =
        List.of(
            "unshare",
            "-Urm",
            "sh",
            "-c",
            "mount -t tmpfs -o size=1m small \"$0\" && exec \"$@\"",
            small.toString());
    Process daemon = start(onASmallDisk, Filler.class, small.resolve("banger.db"), "");
    try (BufferedReader out = daemon.inputReader()) {
      assertThat(out.lines())
          .containsExactly(
              "HOST no space is left for the database", "[] lost", "goes on", "[] lost");
    } finally {
      daemon.destroyForcibly().waitFor();
    }
  }

  /** Begins steps until the disk is full, then makes room. */
  static final class Filler {
    private Filler() {}

    public static void main(String[] args) throws IOException {
      Path file = Path.of(args[0]);
      Path ballast = Files.write(file.resolveSibling("ballast"), new byte[200_000]);
      Set<Long> begun = new HashSet<>();
      try (Database database = Database.open(file)) {
        SqliteJournal journal = new SqliteJournal(database);
        try {
          while (true) {
            long id = journal.begin(step(WEB, "nat", "step-" + begun.size()));
            begun.add(id);
            journal.intend(id, "{\"bulk\":\"" + "x".repeat(20_000) + "\"}");
          }
        } catch (CapabilityException e) {
          System.out.println(e.kind() + " " + e.getMessage().replace(" " + file, ""));
        }
        System.out.println(missing(journal, begun) + " lost");
        Files.delete(ballast);
        journal.begin(step(WEB, "nat", "after"));
        System.out.println("goes on");
      }
      try (Database database = Database.open(file)) {
        System.out.println(missing(new SqliteJournal(database), begun) + " lost");
      }
    }

    private static Set<Long> missing(SqliteJournal journal, Set<Long> begun) {
      Set<Long> missing = new HashSet<>(begun);
      journal.open().forEach(row -> missing.remove(row.id()));
      return missing;
    }
  }

  private static void settle(SqliteJournal journal, long id) {
    journal.settle(
        id, JournalRow.State.STARTED, Optional.empty(), "", "", Duration.ZERO, run("started"));
  }

  private Process start(List<String> wrapper, Class<?> main, Path file, String argument)
      throws IOException {
    List<String> argv = new ArrayList<>(wrapper);
    argv.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-Dorg.sqlite.tmpdir=" + temp,
            "-cp",
            System.getProperty("java.class.path"),
            main.getName(),
            file.toString(),
            argument));
    return new ProcessBuilder(argv).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }
}

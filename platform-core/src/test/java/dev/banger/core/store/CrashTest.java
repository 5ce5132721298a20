package dev.banger.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.model.VmRecord;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that is killed in the middle of its work. */
class CrashTest {
  private static final int ROUNDS = 3;
  private static final int ANSWERS = 20;

  @TempDir Path temp;

  @Test
  void whatWasAnsweredIsThereAfterTheProcessWasKilled() throws Exception {
    Path file = temp.resolve("banger.db");
    List<String> answered = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      Process daemon = start(file, round);
      try (BufferedReader out = daemon.inputReader()) {
        for (int i = 0; i < ANSWERS; i++) {
          answered.add(out.readLine());
        }
      } finally {
        daemon.destroyForcibly().waitFor();
      }
    }
    try (Database database = Database.open(file)) {
      SqliteVmStore store = new SqliteVmStore(database);
      List<VmRecord> vms = store.list().vms();
      assertThat(store.list().broken()).isEmpty();
      assertThat(vms).extracting(VmRecord::name).containsAll(answered);
      assertThat(vms).extracting(VmRecord::address).doesNotHaveDuplicates();
      assertThat(vms).extracting(VmRecord::cid).doesNotHaveDuplicates();
    }
  }

  private static Process start(Path file, int round) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-Dorg.sqlite.tmpdir=" + file.getParent(),
            "-cp",
            System.getProperty("java.class.path"),
            Writer.class.getName(),
            file.toString(),
            String.valueOf(round))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Inserts VMs for ever, and prints the name of each once it is stored. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) {
      SqliteVmStore store = new SqliteVmStore(Database.open(Path.of(args[0])));
      for (int i = 0; !System.out.checkError(); i++) {
        String name = "vm-" + args[1] + "-" + i;
        store.insert(StoreFixtures.draft(name));
        System.out.println(name);
      }
    }
  }
}

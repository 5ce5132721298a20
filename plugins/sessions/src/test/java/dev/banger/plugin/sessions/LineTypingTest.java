package dev.banger.plugin.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A person at a terminal and a session that has none. */
@Timeout(60)
class LineTypingTest {
  @TempDir Path dir;
  private Guest guest;

  @BeforeEach
  void guest() {
    guest = new Guest(dir);
  }

  @AfterEach
  void close() {
    guest.close();
  }

  private String typed(String keys) throws Exception {
    guest.start("dev", "sh", "-c", "cat >seen");
    Wire here = Wire.terminal();
    here.type(keys);
    Attach.run(guest.call(Specs.ATTACH, here, "session", "dev"));
    Path seen = guest.host.guestRoot(Guest.WEB).resolve("root/seen");
    return java.nio.file.Files.readString(seen);
  }

  @ParameterizedTest
  @CsvSource({
    "'hello\r\u0004', 'hello\n'",
    "'hellp\u007fo\r\u0004', 'hello\n'",
    "'grün\u007f\u007fn\r\u0004', 'grn\n'",
    "'wrong\u0015right\r\u0004', 'right\n'",
    "'ab\u0004\u0004', 'ab'",
    "'\u007f\u0008x\u0001\u001b\r\u0004', 'x\n'",
    "'tab\t.\r\u0004', 'tab\t.\n'",
  })
  void lines_are_edited_here_and_sent_when_complete(String keys, String sent) throws Exception {
    assertThat(typed(keys)).isEqualTo(sent);
  }

  @Test
  void control_c_interrupts_the_session_and_the_terminal_shows_lines_below_each_other()
      throws Exception {
    guest.start("dev", "sh", "-c", "trap 'echo bye; exit 3' INT; echo one; echo two; read x");
    Wire here = Wire.terminal();
    Thread typing =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    here.awaitOutput("two");
                    here.type("half\u0003");
                  } catch (Exception e) {
                    throw new AssertionError(e);
                  }
                });
    assertThat(Attach.run(guest.call(Specs.ATTACH, here, "session", "dev")).exitCode())
        .isEqualTo(3);
    typing.join();
    assertThat(here.output()).isEqualTo("one\r\ntwo\r\nhalf^C\r\nbye\r\n");
  }
}

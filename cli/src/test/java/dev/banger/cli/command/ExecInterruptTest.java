package dev.banger.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExecInterruptTest {
  private final List<String> done = new ArrayList<>();
  private long now = Long.MAX_VALUE - 5;
  private final ExecInterrupt interrupt =
      new ExecInterrupt(() -> now, () -> done.add("forward"), () -> done.add("leave"));

  @Test
  void twoSoonAfterEachOtherLeave() {
    interrupt.run();
    assertThat(interrupt.hasLeft()).isFalse();
    now += ExecInterrupt.SOON;
    interrupt.run();

    assertThat(done).containsExactly("forward", "leave");
    assertThat(interrupt.hasLeft()).isTrue();
  }

  @Test
  void twoFarApartBothGoToTheCommand() {
    interrupt.run();
    now += ExecInterrupt.SOON + 1;
    interrupt.run();

    assertThat(done).containsExactly("forward", "forward");
    assertThat(interrupt.hasLeft()).isFalse();
  }
}

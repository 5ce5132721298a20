package dev.banger.core.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RemarksTest {
  private final Remarks remarks = new Remarks();

  @Test
  void what_is_said_last_is_what_is_shown() {
    remarks.put("a", List.of("one", "two"));
    remarks.put("b", List.of("other"));
    remarks.put("a", List.of("three"));
    assertThat(remarks.of("a")).containsExactly("three");
    remarks.put("a", List.of());
    assertThat(remarks.of("a")).isEmpty();
    assertThat(remarks.of("b")).containsExactly("other");
  }

  @Test
  void whatever_a_plugin_says_is_bounded_and_printable() {
    remarks.put("a", Collections.nCopies(100_000, "x".repeat(5_000) + "\u001b[2J"));
    assertThat(remarks.of("a")).hasSize(20).allMatch(line -> line.length() <= 1003);
    remarks.put("a", List.of("red\u001b[31m\nline", " "));
    assertThat(remarks.of("a")).containsExactly("red [31m line");
    for (int i = 0; i < 5_000; i++) {
      remarks.put("vm" + i, List.of("x"));
    }
    assertThat(remarks.of("vm0")).isEmpty();
    assertThat(remarks.of("vm4999")).containsExactly("x");
  }

  @Test
  void a_plugin_that_is_closed_says_nothing_any_more() {
    remarks.put("a", List.of("one"));
    remarks.close();
    remarks.put("a", List.of("late"));
    assertThat(remarks.of("a")).isEmpty();
  }
}

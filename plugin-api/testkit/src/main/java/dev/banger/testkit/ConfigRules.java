package dev.banger.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is configured. */
final class ConfigRules {
  private ConfigRules() {}

  static List<Rule> of(Subject subject) {
    List<Rule> rules = new ArrayList<>();
    subject
        .registration()
        .config()
        .ifPresent(
            defaults -> {
              rules.add(
                  new Rule(
                      "the defaults of its configuration load",
                      () -> assertThat(Settings.over(defaults, Map.of())).isEqualTo(defaults)));
              rules.add(
                  new Rule(
                      "an unknown key is refused",
                      () ->
                          assertThatThrownBy(
                                  () -> Settings.over(defaults, Map.of("no_such_key_x", "x")))
                              .isInstanceOf(IllegalArgumentException.class)));
            });
    rules.add(
        new Rule(
            "it opens and closes in a new world",
            () -> {
              try (Quiet _ = new Quiet()) {
                subject.rig(subject.world()).close();
              }
            }));
    return rules;
  }
}

package dev.banger.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class NamesTest {
  @Test
  void everyPairOfWordsIsAValidName() {
    assertThat(Names.adjectives()).hasSizeGreaterThanOrEqualTo(60).doesNotHaveDuplicates();
    assertThat(Names.animals()).hasSizeGreaterThanOrEqualTo(60).doesNotHaveDuplicates();
    for (String adjective : Names.adjectives()) {
      for (String animal : Names.animals()) {
        assertThat(SpecRules.isValidName(adjective + "-" + animal)).isTrue();
        assertThat(adjective).isNotEqualTo(animal);
      }
    }
  }

  @Test
  void aNameInUseIsNotGivenAgain() {
    Names names = new Names();
    Set<String> given = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      assertThat(given.add(names.generate(given))).isTrue();
    }
  }

  @Test
  void whenEveryPairTriedIsTakenANumberMakesRoom() {
    RandomGenerator always0 = () -> 0L;
    Names names = new Names(always0);
    String first = names.generate(Set.of());
    String second = names.generate(Set.of(first));
    assertThat(second).isEqualTo(first + "-2");
    assertThat(names.generate(Set.of(first, second))).isEqualTo(first + "-3");
    assertThat(SpecRules.isValidName(second)).isTrue();
  }
}

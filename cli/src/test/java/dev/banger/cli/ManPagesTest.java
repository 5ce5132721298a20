package dev.banger.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.cli.base.Option;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ManPagesTest {
  private static final Set<String> REQUESTS =
      Set.of("TH", "SH", "SS", "PP", "TP", "RS", "RE", "nf", "fi", "nh", "ad", "so");

  private static final Pattern REFERENCE = Pattern.compile("banger[a-z\\\\-]*(?=\\(1\\))");

  private final Map<String, String> pages = ManPages.pages();

  @Test
  void everyCommandHasAPageWithAllItsOptions() {
    for (String path : Catalog.paths()) {
      String page = pages.get("banger-" + path.replace(' ', '-') + ".1");
      assertThat(page).as(path).contains(".SH \"NAME\"\nbanger\\-").contains(".SH \"SYNOPSIS\"\n");
      for (Option option : Catalog.describe(path).options()) {
        assertThat(page).as(path).contains(option.name().replace("-", "\\-"));
      }
    }
    assertThat(pages).containsKeys("banger.1", "banger-vm.1", "banger-config.1");
    assertThat(pages.get("banger-run.1")).isEqualTo(".so man1/banger-vm-run.1\n");
  }

  @Test
  void onlyRequestsOfManualPagesAreMade() {
    pages.forEach(
        (file, page) ->
            page.lines()
                .filter(line -> line.startsWith(".") || line.startsWith("'"))
                .forEach(
                    line ->
                        assertThat(List.copyOf(REQUESTS))
                            .as("%s: %s", file, line)
                            .contains(line.substring(1).split(" ")[0])));
  }

  @Test
  void everyPageThatIsNamedIsThere() {
    pages.forEach(
        (file, page) -> {
          Matcher named = REFERENCE.matcher(page);
          while (named.find()) {
            assertThat(pages).as(file).containsKey(named.group().replace("\\", "") + ".1");
          }
        });
  }
}

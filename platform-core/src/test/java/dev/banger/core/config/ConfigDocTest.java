package dev.banger.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/config.md} to the table of options. */
class ConfigDocTest {
  @Test
  void theDocumentationIsUpToDate() throws IOException {
    Path page = Path.of("..", "docs", "config.md");
    String wanted = page();
    if (Boolean.getBoolean("banger.docs.write")) {
      Files.writeString(page, wanted);
    }
    assertThat(page)
        .as(
            "write it anew: mvn -pl platform-core -am test -Dtest=ConfigDocTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dbanger.docs.write=true")
        .hasContent(wanted);
  }

  @Test
  void theCommandLineCompletesTheKeysThatThereAre() throws IOException {
    Path file = Path.of("..", "cli/src/main/resources/dev/banger/cli/config-keys.txt");
    StringBuilder wanted = new StringBuilder();
    for (Option<?> option : new Options(Path.of("/home/you")).all()) {
      wanted.append(option.key()).append('\n');
    }
    if (Boolean.getBoolean("banger.docs.write")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, wanted);
    }
    assertThat(file)
        .as("write it anew as the documentation, with -Dbanger.docs.write=true")
        .hasContent(wanted.toString());
  }

  private static String page() {
    StringBuilder page = new StringBuilder(HEAD);
    String table = null;
    for (Option<?> option : new Options(Path.of("/home/you")).all()) {
      if (!option.table().equals(table)) {
        table = option.table();
        page.append(table.isEmpty() ? "\n## Top of the file\n\n" : "\n## [" + table + "]\n\n");
        page.append("| key | default | values | meaning |\n|---|---|---|---|\n");
      }
      page.append(
          "| `%s` | `%s` | %s | %s |\n"
              .formatted(
                  option.shortKey(), option.defaultToml(), option.type().name(), option.doc()));
    }
    return page + TAIL;
  }

  private static final String HEAD =
      """
      # Configuration

      <!-- Made from the table of options by ConfigDocTest; do not edit. -->

      banger reads `config.toml` in its configuration directory (`banger config path` prints where that is). The
      file need not exist, and need only have what differs from the defaults. `banger config show` prints every value
      and where it is from; `banger config check` prints everything that is wrong, with line and column.

      Durations are a whole number and a unit: `500ms`, `20s`, `2m`, `1h`. Sizes are powers of 1024: `512MiB`, `4GiB`,
      `1TiB`. In paths `~/` is your home directory. An unknown key is refused.

      The environment decides only where files are: `BANGER_HOME` puts configuration, data, state and run
      directories under one folder; without it the XDG base directories are used. `BANGER_SOCKET` is the socket on
      which the daemon is reached.
      """;
  private static final String TAIL =
      """

      ## [plugins.ID]

      The table of the plugin `ID`, for example `[plugins.dns]`. Its keys are the plugin's own (`banger plugin info ID`
      lists them), and the plugin checks them when it is loaded: a plugin that refuses its table is `failed`, and if it
      has a required step no VM starts until that is mended and the plugin is loaded again with
      `banger plugin reload ID`. `config check` asks all plugins, those in `disabled` left out. `ssh_key` above is the
      `key` of `[plugins.ssh-access]`, and `idle_stop` the `after` of `[plugins.idle-stop]` ([idle-stop.md](idle-stop.md)).

      ## [[some_id]]

      Entries of the plugin `some-id`, any number of them: the same as its `entries` under `[plugins.some-id]`. A name
      that belongs to no plugin on disk is refused like any unknown key.

      The plugin [file-sync](file-sync.md) has an entry for each file or directory of the host that guests get:

      ```toml
      [[file_sync]]
      host = "~/.aws"
      guest = "~/.aws"
      mode = "0600"     # files only
      ```
      """;
}

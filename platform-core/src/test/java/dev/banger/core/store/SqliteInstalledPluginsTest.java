package dev.banger.core.store;

import static dev.banger.core.store.StoreFixtures.tamper;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.hooks.InstalledPlugins;
import dev.banger.hooks.InstalledPlugins.Installed;
import dev.banger.hooks.InstalledPlugins.Version;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqliteInstalledPluginsTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678901234Z");
  private static final Version OLD = new Version("1.0.0", "0a".repeat(32));
  private static final Version NEW = new Version("1.1.0", "1b".repeat(32));

  @TempDir Path temp;
  private Path file;
  private Database database;
  private InstalledPlugins plugins;

  @BeforeEach
  void open() {
    file = temp.resolve("banger.db");
    database = Database.open(file);
    plugins = new SqliteInstalledPlugins(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private static Installed installed(String id) {
    return new Installed(id, true, Optional.of(NEW), Optional.of(OLD), AT);
  }

  @Test
  void whatWasDecidedIsThereAfterARestartInTheOrderOfIds() {
    Installed switchedOff = new Installed("dns", false, Optional.empty(), Optional.empty(), AT);
    plugins.put(installed("nat"));
    plugins.put(switchedOff);
    database.close();
    open();
    assertThat(plugins.list()).containsExactly(switchedOff, installed("nat"));
    assertThat(plugins.find("nat")).contains(installed("nat"));
    assertThat(plugins.find("none")).isEmpty();
  }

  @Test
  void aSecondPutReplacesAndADeletedRowIsGone() {
    plugins.put(installed("nat"));
    Installed changed = new Installed("nat", false, Optional.of(OLD), Optional.empty(), AT);
    plugins.put(changed);
    assertThat(plugins.list()).containsExactly(changed);
    plugins.delete("nat");
    plugins.delete("nat");
    assertThat(plugins.list()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "installed_at = 'then'",
        "digest = '../../../etc'",
        "previous_digest = ''",
        "version = ' '"
      })
  void aRowThatMakesNoSenseIsKeptAndHidesNoOther(String damage) throws Exception {
    plugins.put(installed("broken"));
    plugins.put(installed("fine"));
    tamper(file, "UPDATE plugins SET " + damage + " WHERE id = 'broken'");
    assertThat(plugins.list()).containsExactly(installed("fine"));
    assertThat(plugins.find("broken")).isEmpty();
    plugins.put(installed("broken"));
    assertThat(plugins.list()).hasSize(2);
  }

  @Test
  void aDigestNamesADirectoryAndSoIsNothingElse() {
    assertThatThrownBy(() -> new Version("1.0.0", "../../" + "a".repeat(58)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Version("", OLD.digest()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Installed("", true, Optional.empty(), Optional.empty(), AT))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

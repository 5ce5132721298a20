package dev.banger.plugin.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class BaselineTest extends ImportDesk {
  private Imported imported() {
    return Imports.at(context, WEB, "/root/repo").orElseThrow();
  }

  private Repository kept() {
    return new Repository(Baseline.repository(context, WEB, "/root/repo"));
  }

  @Test
  void a_clean_import_is_that_of_its_commit() throws Exception {
    prepare();

    assertThat(imported().commit()).isEqualTo(source.git("rev-parse", "HEAD"));
    assertThat(imported().source()).isEqualTo(source.root().toString());
    assertThat(imported().branch()).contains("main");
    assertThat(imported().mode()).isEqualTo("tracked");
    assertThat(imported().tree()).isEmpty();
    assertThat(kept().git("cat-file", "-t", imported().commit())).isEqualTo("commit");
  }

  @Test
  void with_uncommitted_changes_it_is_a_tree_that_lives_outside_the_source() throws Exception {
    source.sh(
        "rm README && ln -s nowhere link && mkdir new && printf x > new/run && chmod +x new/run");
    source.write("lib/code.txt", "changed\n");
    String before = source.sh("find .git -type f | sort | xargs sha1sum");

    prepare("include-uncommitted", "true");

    assertThat(source.sh("find .git -type f | sort | xargs sha1sum")).isEqualTo(before);
    String tree = imported().tree().orElseThrow();
    assertThat(kept().git("diff", "--name-status", imported().commit(), tree).lines())
        .containsExactly("D\tREADME", "M\tlib/code.txt", "A\tlink", "A\tnew/run");
    assertThat(kept().git("show", tree + ":lib/code.txt")).isEqualTo("changed");
    assertThat(kept().git("ls-tree", "-r", tree, "new/run", "link")).contains("100755", "120000");
    assertThat(kept().root().resolve("info/exclude")).doesNotExist();
    assertThat(guest().sh("git add -A && git write-tree")).isEqualTo(tree);
  }

  @Test
  void the_next_import_takes_its_place() throws Exception {
    source.write("new.txt", "new\n");
    prepare("mode", "full");
    assertThat(imported().tree()).isPresent();
    Scratch.deleteTree(guest().root());
    source.commit("New");

    prepare();

    assertThat(imported().tree()).isEmpty();
    assertThat(kept().git("cat-file", "-t", imported().commit())).isEqualTo("commit");
  }

  @Test
  void it_goes_with_the_vm() throws Exception {
    prepare();
    Path folder = Baseline.repository(context, WEB, "/root/repo").getParent();
    assertThat(Baseline.sweep(_ -> true, context)).isEmpty();
    assertThat(folder).isDirectory();

    Baseline.drop(context, WEB);
    assertThat(folder).doesNotExist();
    Baseline.drop(context, WEB);

    Scratch.deleteTree(guest().root());
    prepare();
    assertThat(Baseline.sweep(_ -> false, context)).hasSize(1);
    assertThat(folder).doesNotExist();
    assertThat(Baseline.sweep(_ -> false, context)).isEmpty();
  }
}

package dev.banger.plugin.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.FailureKind;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Which bytes arrive. */
class ContentTest extends ImportDesk {
  private void isAsCloned(String... options) throws Exception {
    Path clone = temp.resolve("clone");
    source.git("clone", "-q", source.root().toUri().toString(), clone.toString());
    prepare(options);
    assertThat(
            guest().sh("find . -name .git -prune -o -type f -print0 | sort -z | xargs -0 sha1sum"))
        .isEqualTo(
            new Repository(clone)
                .sh("find . -name .git -prune -o -type f -print0 | sort -z | xargs -0 sha1sum"));
    assertThat(guest().git("status", "--porcelain")).isEmpty();
    assertThat(guest().git("fsck", "--strict")).doesNotContain("error", "missing", "dangling");
  }

  @Test
  void line_ends_encodings_and_ids_are_as_a_clone_has_them() throws Exception {
    source.write(
        ".gitattributes",
        """
        *.bat text eol=crlf
        *.utf16 text working-tree-encoding=UTF-16LE
        *.c ident
        *.auto text=auto
        sub/*.txt eol=crlf
        """);
    source.write("run.bat", "one\ntwo\n").write("a.c", "/* $Id$ */\n").write("x.auto", "a\nb\n");
    source.write("sub/deep.txt", "a\nb\n").write("sub/plain.md", "a\nb\n");
    source.sh("printf 'a\\0\\n\\0' > w.utf16; chmod +x run.bat");
    source.sh("mkdir many; for i in $(seq 230); do echo $i > many/$i.bat; done");
    source.commit("Attributes");

    isAsCloned();

    assertThat(guest().read("run.bat")).isEqualTo("one\r\ntwo\r\n");
    assertThat(guest().read("many/230.bat")).isEqualTo("230\r\n");
    assertThat(guest().read("a.c")).contains("$Id: ");
    assertThat(Files.isExecutable(guest().root().resolve("run.bat"))).isTrue();
  }

  @Test
  void what_an_archive_would_leave_out_or_replace_is_there_unchanged() throws Exception {
    source.write(".gitattributes", "secret.txt export-ignore\nv.txt export-subst\n");
    source.write("secret.txt", "kept\n").write("v.txt", "$Format:%H$\n").commit("Attributes");

    isAsCloned();

    assertThat(guest().read("v.txt")).isEqualTo("$Format:%H$\n");
  }

  @Test
  void pointers_of_large_files_stay_pointers() throws Exception {
    String pointer = "version https://git-lfs.example.org/spec/v1\noid sha256:0\nsize 5\n";
    source.write(".gitattributes", "*.bin filter=lfs -text\n").write("a.bin", pointer);
    source.commit("Pointer");
    source.git("config", "filter.lfs.smudge", "touch " + temp.resolve("ran"));
    source.git("config", "filter.lfs.process", "touch " + temp.resolve("ran"));
    source.git("config", "filter.lfs.required", "true");

    prepare();

    assertThat(guest().read("a.bin")).isEqualTo(pointer);
    assertThat(temp.resolve("ran")).doesNotExist();
  }

  @Test
  void a_sparse_checkout_is_whole_in_the_guest() throws Exception {
    source.write("docs/a.md", "a\n").commit("Docs");
    source.git("sparse-checkout", "set", "--cone", "lib");
    assertThat(source.root().resolve("docs")).doesNotExist();
    source.write("lib/code.txt", "changed\n");

    prepare("include-uncommitted", "true");

    assertThat(guest().read("docs/a.md")).isEqualTo("a\n");
    assertThat(guest().git("status", "--porcelain")).isEqualTo(" M lib/code.txt");
  }

  @Test
  void intended_additions_and_conflicts_arrive_as_they_are_in_the_working_tree() throws Exception {
    source.git("checkout", "-q", "-b", "side", "HEAD~1");
    source.write("lib/code.txt", "side\n").commit("Side");
    source.git("checkout", "-q", "main");
    source.sh("git -c user.name=a -c user.email=a@example.org merge -q side || true");
    source.write("planned.txt", "planned\n").git("add", "-N", "planned.txt");

    var result = prepare("include-uncommitted", "true");

    assertThat(guest().read("lib/code.txt")).contains("<<<<<<< ", "side", ">>>>>>> ");
    assertThat(guest().read("planned.txt")).isEqualTo("planned\n");
    assertThat(result.get("remarks").toString()).contains("1 with conflicts");
  }

  @Test
  void a_split_index_is_read() throws Exception {
    source.git("update-index", "--split-index");
    source.write("lib/code.txt", "changed\n").write("new.txt", "n\n");

    prepare("include-uncommitted", "true");

    assertThat(guest().git("status", "--porcelain").lines().map(String::strip))
        .containsExactly("M lib/code.txt", "?? new.txt");
  }

  @Test
  void what_became_a_pipe_is_left_out_and_told() throws Exception {
    source.sh("rm README && mkfifo README");

    var result = prepare("include-uncommitted", "true");

    assertThat(result.get("remarks").toString()).contains("README");
    assertThat(guest().root().resolve("README")).doesNotExist();
  }

  @Test
  void a_repository_of_the_other_hash_is_brought() throws Exception {
    source = new Repository(temp.resolve("src/sha256"));
    Files.createDirectories(source.root());
    source.git("init", "-q", "-b", "main", "--object-format=sha256");
    source.write("a.txt", "a\n").commit("First");
    source.write("b.txt", "b\n");

    prepare("include-uncommitted", "true");

    assertThat(guest().git("rev-parse", "HEAD")).hasSize(64);
    assertThat(guest().git("status", "--porcelain")).isEqualTo("?? b.txt");
    assertThat(guest().git("fsck", "--strict")).doesNotContain("error", "missing");
  }

  @Test
  void a_source_with_a_lost_object_is_refused_and_nothing_is_left() throws Exception {
    String blob = source.git("rev-parse", "HEAD:README");
    Files.delete(
        source.root().resolve(".git/objects/" + blob.substring(0, 2) + "/" + blob.substring(2)));

    refuses(this::prepare, FailureKind.HOST, "cannot be packed");
    refuses(() -> transfer(0), FailureKind.HOST, "git rev-list failed");

    assertThat(guest().root()).doesNotExist();
  }
}

package dev.banger.plugin.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.FailureKind;
import dev.banger.api.GuestResult;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Which commits arrive, and on which way. */
class HistoryTest extends ImportDesk {
  private static final long EVERYTHING = -1;

  private void isSound() throws Exception {
    assertThat(guest().git("fsck", "--strict")).doesNotContain("error", "missing", "dangling");
    assertThat(guest().git("status", "--porcelain")).isEmpty();
  }

  @Test
  void nothing_that_head_does_not_lead_to_leaves_the_host() throws Exception {
    source.git("checkout", "-q", "-b", "private");
    source.write("plan.txt", "s3cret\n").commit("Plan");
    String hidden = source.git("rev-parse", "HEAD");
    source.git("tag", "-m", "s3cret", "v1");
    source.git("checkout", "-q", "main");
    source.git("repack", "-adq");

    prepare();

    assertThat(guest().sh("git cat-file -e " + hidden + " && echo there || true"))
        .doesNotEndWith("there");
    assertThat(guest().git("for-each-ref", "--format=%(refname)")).isEqualTo("refs/heads/main");
    isSound();
  }

  @Test
  void a_large_one_goes_to_the_guests_git_and_never_to_a_disk_of_the_host() throws Exception {
    prepare("dest", "/root/small");
    transfer(EVERYTHING);

    assertThat(guest().git("log", "--format=%s")).isEqualTo("Second\nFirst");
    isSound();
    var packed = host.toolCalls().stream().filter(argv -> argv.contains("pack-objects")).toList();
    assertThat(packed).hasSize(2);
    assertThat(packed.get(1)).contains("--stdout");
  }

  @Test
  void a_large_one_is_packed_here_for_a_guest_without_git() throws Exception {
    host.answering(
        command ->
            command.argv().getFirst().equals("git")
                ? new GuestResult(127, "", "git: not found", false)
                : inGuest(command));

    transfer(EVERYTHING);

    assertThat(guest().git("log", "--format=%s")).isEqualTo("Second\nFirst");
    isSound();
  }

  @Test
  void a_guest_that_cannot_take_the_pack_says_why_and_keeps_nothing() throws Exception {
    host.answering(
        command ->
            command.argv().contains("index-pack")
                ? new GuestResult(128, "", "x\nfatal: No space\u001b[2J left on device\n", false)
                : inGuest(command));

    refuses(
        () -> transfer(EVERYTHING),
        FailureKind.GUEST,
        "could not take the history",
        "No space?[2J");

    assertThat(guest().root()).doesNotExist();
  }

  @Test
  void a_git_that_fails_half_way_ends_the_guests_too() throws Exception {
    source.sh("head -c 3000000 /dev/urandom > big.bin");
    source.commit("Big");
    source.git("repack", "-adq");
    source.sh("chmod u+w .git/objects/pack/*.pack");
    source.sh(
        "f=$(ls .git/objects/pack/*.pack); printf xxxx | dd of=$f bs=1 seek=1500000 conv=notrunc"
            + " status=none");

    refuses(() -> transfer(EVERYTHING), FailureKind.HOST, "git ");

    assertThat(guest().root()).doesNotExist();
  }

  @Test
  void shallow_says_where_it_ends_and_only_if_it_does() throws Exception {
    transfer(EVERYTHING, "mode", "shallow");
    assertThat(guest().sh("cat .git/shallow")).isEqualTo(source.git("rev-parse", "HEAD"));
    isSound();

    source.git("checkout", "-q", "HEAD~1");
    prepare("mode", "shallow", "dest", "/root/first");
    assertThat(host.guestRoot(WEB).resolve("root/first/.git/shallow")).doesNotExist();
  }

  @Test
  void a_shallow_source_gives_all_it_has() throws Exception {
    source.write("c", "c").commit("Third");
    Path shallow = temp.resolve("shallow");
    source.git("clone", "-q", "--depth=2", source.root().toUri().toString(), shallow.toString());
    source = new Repository(shallow);

    prepare();

    assertThat(guest().git("log", "--format=%s")).isEqualTo("Third\nSecond");
    isSound();
  }

  @Test
  void a_source_that_borrows_its_objects_gives_them() throws Exception {
    Path shared = temp.resolve("shared \"and\" quoted");
    source.git("clone", "-q", "--shared", source.root().toString(), shared.toString());
    source = new Repository(shared);
    source.write("c", "c").commit("Third");

    prepare();

    assertThat(guest().git("log", "--format=%s")).isEqualTo("Third\nSecond\nFirst");
    isSound();
  }

  @Test
  void a_partial_clone_stays_one_and_nothing_is_fetched_for_it() throws Exception {
    source.write("README", "two\n").commit("Third");
    source.git("config", "uploadpack.allowFilter", "true");
    Path partial = temp.resolve("partial");
    String url = source.root().toUri().toString();
    source.git("clone", "-q", "--filter=blob:none", url, partial.toString());
    source = new Repository(partial);
    Path ran = temp.resolve("ran");
    source.git("config", "remote.origin.uploadpack", "touch %s; false".formatted(ran));

    prepare();
    transfer(EVERYTHING, "dest", "/root/large");

    assertThat(guest().git("log", "--format=%s")).isEqualTo("Third\nSecond\nFirst");
    assertThat(guest().git("fsck")).doesNotContain("error", "missing");
    assertThat(guest().read("README")).isEqualTo("two\n");
    assertThat(ran).doesNotExist();
  }

  @Test
  void a_branch_named_like_a_tag_keeps_its_name() throws Exception {
    source.git("tag", "main");

    prepare();

    assertThat(guest().git("symbolic-ref", "HEAD")).isEqualTo("refs/heads/main");
  }

  @Test
  void half_a_workspace_of_a_cancelled_transfer_goes_with_the_next() throws Exception {
    Path left = Files.createDirectories(host.guestRoot(WEB).resolve("root/.banger-0a0b0c0d/x"));
    Stagings.note(context, WEB, "/root/.banger-0a0b0c0d");

    prepare();

    assertThat(left.getParent()).doesNotExist();
    assertThat(Stagings.sweep(context)).isEmpty();
    Files.createDirectories(left);
    Stagings.note(context, WEB, "/root/.banger-0a0b0c0d");
    assertThat(Stagings.sweep(context)).containsExactly("half-done transfer in VM web");
    assertThat(left.getParent()).doesNotExist();
  }
}

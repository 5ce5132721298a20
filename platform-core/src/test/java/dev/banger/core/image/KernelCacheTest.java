package dev.banger.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.disk.FakeCommands;
import dev.banger.core.host.Commands;
import dev.banger.core.host.ProcessCommands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelCacheTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int SIZE = 300_000;

  @TempDir Path dir;
  private Path kernel;
  private Path kept;
  private KernelCache cache;

  @BeforeEach
  void anEmptyCache() {
    kernel = dir.resolve("vmlinuz");
    kept = dir.resolve("kernels");
    cache = new KernelCache(new ProcessCommands(), kept);
  }

  @Test
  void every_compression_of_the_big_distributions_comes_out_as_it_went_in() throws Exception {
    byte[] elf = FakeBzImage.elf(SIZE);
    for (byte[] payload :
        List.of(
            FakeBzImage.gzip(elf),
            FakeBzImage.xz(elf, dir),
            FakeBzImage.zstd(elf, dir),
            FakeBzImage.sized(FakeBzImage.lz4Frame(FakeBzImage.literals(elf)), SIZE),
            elf)) {
      FakeBzImage.holding(payload).at(kernel);
      assertThat(cache.elf(kernel, LONG)).hasBinaryContent(elf).hasParent(kept);
    }
    assertThat(kept).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void matches_that_reach_into_themselves_are_repeated() throws Exception {
    byte[] head = Arrays.copyOf(FakeBzImage.elf(SIZE), 200);
    byte[] tail = {1, 2, 3, 4, 5};
    int repeats = 100_003;
    FakeBzImage.holding(FakeBzImage.sized(FakeBzImage.lz4(head, repeats, tail), 100_208))
        .at(kernel);
    byte[] out = Files.readAllBytes(cache.elf(kernel, LONG));
    for (int i = 0; i < 200 + repeats; i++) {
      assertThat(out[i]).isEqualTo(head[i % 200]);
    }
    assertThat(Arrays.copyOfRange(out, 200 + repeats, out.length)).isEqualTo(tail);
  }

  @Test
  void an_elf_kernel_is_left_as_it_is() throws Exception {
    Files.write(kernel, FakeBzImage.elf(SIZE));
    assertThat(cache.elf(kernel, LONG)).isEqualTo(kernel);
    assertThat(kept).doesNotExist();
  }

  @Test
  void compressions_that_are_not_unpacked_are_named() throws Exception {
    refused(FakeBzImage.holding(bytes("BZh91AY&SY, and so on")), "bzip2");
    refused(FakeBzImage.holding(bytes("]\0\0\0\0\0\0\0\0\0 and so on")), "lzma");
    refused(FakeBzImage.holding(bytes("\u0089LZO\0\r\n\u001a\n, and so on")), "lzo");
    refused(FakeBzImage.holding(bytes("something else altogether")), "736f6d657468696e67");
  }

  @Test
  void headers_that_lie_are_refused() throws Exception {
    byte[] payload = FakeBzImage.gzip(FakeBzImage.elf(SIZE));
    Files.writeString(kernel, "MZ");
    refused("no header of the x86 boot protocol");
    refused(FakeBzImage.holding(payload).version(0x0207), "version 2.07");
    refused(FakeBzImage.holding(payload).payload(300, payload.length + 101), "does not lie within");
    refused(FakeBzImage.holding(payload).payload(0xffff_fff0, payload.length), "not lie within");
    refused(FakeBzImage.holding(payload).payload(0xffff_fff0, 0xffff_fff0), "does not lie within");
    refused(FakeBzImage.holding(payload).payload(300, 3), "does not lie within");
    refused(FakeBzImage.holding(payload).payload(300, payload.length / 2), "unpacked it would");
  }

  @Test
  void what_unpacks_to_another_length_than_it_notes_is_refused() throws Exception {
    byte[] elf = FakeBzImage.elf(SIZE);
    byte[] lz4 = FakeBzImage.lz4Frame(FakeBzImage.literals(elf));
    refused(FakeBzImage.holding(FakeBzImage.sized(lz4, SIZE - 1)), "more than the 299999 bytes");
    refused(FakeBzImage.holding(FakeBzImage.sized(lz4, SIZE + 1)), "and notes 300001");
    refused(FakeBzImage.holding(FakeBzImage.sized(lz4, -1)), "4294967295 bytes");
    byte[] bomb = FakeBzImage.xz(new byte[SIZE * 10], dir);
    refused(
        FakeBzImage.holding(FakeBzImage.sized(Arrays.copyOf(bomb, bomb.length - 4), SIZE)),
        "more than the 300000 bytes");
  }

  @Test
  void damage_is_refused_and_leaves_nothing() throws Exception {
    byte[] elf = FakeBzImage.elf(SIZE);
    byte[] gzip = FakeBzImage.gzip(elf);
    Arrays.fill(gzip, gzip.length / 2, gzip.length / 2 + 99, (byte) 0x55);
    refused(FakeBzImage.holding(gzip), "damaged");
    for (byte[] packed : List.of(FakeBzImage.xz(elf, dir), FakeBzImage.zstd(elf, dir))) {
      byte[] cut = Arrays.copyOf(packed, packed.length / 2);
      refused(FakeBzImage.holding(FakeBzImage.sized(cut, SIZE)), "damaged");
    }
    for (byte[] block :
        List.of(
            new byte[] {0x10}, // a literal that is not there
            new byte[] {0x10, 'a', 2, 0}, // a match before the beginning
            new byte[] {0x10, 'a', 0, 0}, // ... or at no distance
            new byte[] {0x1f, 'a', 1, 0, -1, -1}, // a length without an end
            new byte[] {(byte) 0xf0, -1, -1, -1, 0, 'a'})) {
      refused(
          FakeBzImage.holding(FakeBzImage.sized(FakeBzImage.lz4Frame(block, new byte[32]), SIZE)),
          "damaged");
    }
    byte[] huge = FakeBzImage.lz4Frame(new byte[64]);
    huge[7] = 0x7f;
    refused(FakeBzImage.holding(FakeBzImage.sized(huge, SIZE)), "claims to have");
    refused(FakeBzImage.holding(FakeBzImage.gzip(new byte[SIZE])), "is not an ELF file");
    byte[] arm = FakeBzImage.elf(SIZE);
    arm[18] = (byte) 183;
    refused(FakeBzImage.holding(FakeBzImage.gzip(arm)), "not for a 64-bit x86");
    try (Stream<Path> left = Files.list(kept)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void a_missing_tool_is_named_with_its_package() throws Exception {
    FakeBzImage.holding(FakeBzImage.xz(FakeBzImage.elf(SIZE), dir)).at(kernel);
    Commands without = new FakeCommands(_ -> FakeCommands.OK).without("xz");
    assertThatThrownBy(() -> new KernelCache(without, kept).elf(kernel, LONG))
        .isInstanceOfSatisfying(
            BangerException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE);
              assertThat(e.hint()).isEqualTo("apt install xz-utils");
            });
  }

  @Test
  void a_kernel_is_unpacked_once_whoever_asks_and_again_when_the_copy_is_damaged()
      throws Exception {
    byte[] elf = FakeBzImage.elf(SIZE);
    FakeBzImage.holding(FakeBzImage.zstd(elf, dir)).at(kernel);
    AtomicInteger runs = new AtomicInteger();
    KernelCache counted = new KernelCache(unpacking(elf, runs), kept);
    CountDownLatch go = new CountDownLatch(1);
    List<Future<Path>> calls = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        calls.add(
            threads.submit(
                () -> {
                  go.await();
                  return counted.elf(kernel, LONG);
                }));
      }
      go.countDown();
    }
    Path made = calls.getFirst().get();
    assertThat(runs).hasValue(1);
    assertThat(new KernelCache(unpacking(elf, runs), kept).elf(kernel, LONG)).isEqualTo(made);
    assertThat(runs).hasValue(1);

    byte[] wrong = elf.clone();
    wrong[SIZE / 2]++;
    Files.write(made, wrong);
    assertThat(counted.elf(kernel, LONG)).hasBinaryContent(elf);
    assertThat(runs).hasValue(2);
    Files.delete(made);
    assertThat(counted.elf(kernel, LONG)).hasBinaryContent(elf);
    Files.delete(Path.of(made + ".sum"));
    assertThat(new KernelCache(unpacking(elf, runs), kept).elf(kernel, LONG)).exists();
    assertThat(runs).hasValue(4);
  }

  @Test
  void only_those_used_last_are_kept_and_what_was_used_just_now() throws Exception {
    List<Path> made = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      byte[] elf = FakeBzImage.elf(SIZE);
      elf[300] = (byte) i;
      FakeBzImage.holding(FakeBzImage.gzip(elf)).at(kernel);
      made.add(cache.elf(kernel, LONG));
    }
    assertThat(made).allSatisfy(path -> assertThat(path).exists());
    for (int i = 0; i < 9; i++) {
      Instant used = Instant.now().minus(Duration.ofHours(20 - i));
      Files.setLastModifiedTime(Path.of(made.get(i) + ".sum"), FileTime.from(used));
    }
    Path stranger = Files.writeString(kept.resolve("linux-image.deb"), "not ours");
    FakeBzImage.holding(FakeBzImage.gzip(FakeBzImage.elf(SIZE + 1))).at(kernel);
    Path last = cache.elf(kernel, LONG);
    assertThat(made.subList(0, 4)).allSatisfy(path -> assertThat(path).doesNotExist());
    assertThat(made.subList(4, 9)).allSatisfy(path -> assertThat(path).exists());
    assertThat(last).exists();
    assertThat(stranger).exists();
  }

  private static Commands unpacking(byte[] elf, AtomicInteger runs) {
    return new FakeCommands(
        call -> {
          runs.incrementAndGet();
          try {
            call.stdout().write(elf);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return FakeCommands.OK;
        });
  }

  private void refused(FakeBzImage image, String why) throws IOException {
    image.at(kernel);
    refused(why);
  }

  private void refused(String why) {
    ThrowingCallable call = () -> cache.elf(kernel, LONG);
    assertThatThrownBy(call)
        .hasMessageContaining(why)
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID));
  }

  private static byte[] bytes(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    text.chars().forEach(out::write);
    return FakeBzImage.sized(out.toByteArray(), SIZE);
  }
}

package dev.banger.core.image;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** How a kernel's image is packed in its bzImage, and the bytes by which each begins. */
enum KernelCompression {
  GZIP("gzip", "1f8b"),
  XZ("xz", "fd377a585a00"),
  ZSTD("zstd", "28b52ffd"),
  /** The frame of the first version of the tool, which the kernel's build still makes. */
  LZ4("lz4", "02214c18"),
  NONE("none", "7f454c46"),
  BZIP2("bzip2", "425a68"),
  LZMA("lzma", "5d0000"),
  LZO("lzo", "894c5a4f000d0a1a0a");

  /** Bytes that tell them all apart. */
  static final int MAGIC_BYTES = 9;

  private final String title;
  private final String magic;

  KernelCompression(String title, String magic) {
    this.title = title;
    this.magic = magic;
  }

  String title() {
    return title;
  }

  static Optional<KernelCompression> of(byte[] head) {
    String hex = HexFormat.of().formatHex(head);
    return Arrays.stream(values()).filter(each -> hex.startsWith(each.magic)).findFirst();
  }
}

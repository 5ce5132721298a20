package dev.banger.protocol;

/**
 * A first-in, first-out buffer of bytes that grows, by doubling, up to a fixed capacity. Not
 * thread-safe.
 */
final class ByteRing {
  private static final int FIRST_SIZE = 4 * 1024;
  private static final byte[] NONE = {};

  private final int capacity;
  private byte[] bytes = NONE;
  private int head;
  private int size;

  ByteRing(int capacity) {
    this.capacity = capacity;
  }

  int size() {
    return size;
  }

  /** The caller has made sure that there is room. */
  void add(byte[] from, int offset, int length) {
    if (length > capacity - size) {
      throw new IllegalStateException("ring of " + capacity + " bytes is full");
    }
    growTo(size + length);
    int tail = (head + size) % Math.max(1, bytes.length);
    int first = Math.min(length, bytes.length - tail);
    System.arraycopy(from, offset, bytes, tail, first);
    System.arraycopy(from, offset + first, bytes, 0, length - first);
    size += length;
  }

  /** Takes up to {@code length} bytes out; returns how many. */
  int take(byte[] to, int offset, int length) {
    int count = Math.min(length, size);
    int first = Math.min(count, bytes.length - head);
    System.arraycopy(bytes, head, to, offset, first);
    System.arraycopy(bytes, 0, to, offset + first, count - first);
    size -= count;
    head = size == 0 ? 0 : (head + count) % bytes.length;
    return count;
  }

  void clear() {
    bytes = NONE;
    head = 0;
    size = 0;
  }

  private void growTo(int needed) {
    if (needed <= bytes.length) {
      return;
    }
    int length = Math.max(FIRST_SIZE, bytes.length);
    while (length < needed) {
      length *= 2;
    }
    byte[] larger = new byte[Math.min(length, Math.max(capacity, needed))];
    int kept = take(larger, 0, size);
    bytes = larger;
    head = 0;
    size = kept;
  }
}

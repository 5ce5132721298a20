package dev.banger.agent;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * What is kept of one output: files named by the position of their first byte, the oldest deleted
 * as new ones come. Their sizes are the only record of how much there is: the kernel moves bytes
 * out of the FIFO and into the file in one call, so a kill of the agent finds them in one of both.
 */
final class JobStream {
  static final long LEAST_KEPT = 64 << 10;
  static final long MOST_KEPT = 1 << 30;

  /** Tests see to it that splicing is refused. */
  private static final boolean SPLICES = !Boolean.getBoolean("banger.agent.no-splice");

  /** While there is a file of that name the disk is full, in tests. */
  private static final String FULL = System.getProperty("banger.agent.full-while");

  private static final int SEGMENTS = 8;
  private static final long LARGEST_SEGMENT = 8 << 20;
  private static final int CHUNK = 64 * 1024;

  /**
   * @param size of those before the last they never change
   */
  private record Segment(long start, long size) {
    long end() {
      return start + size;
    }
  }

  private final Path directory;
  private final String name;
  private final long keep;
  private final long segmentSize;
  private final Deque<Segment> segments = new ArrayDeque<>();
  private int file = -1;
  private boolean unable;
  private byte[] underWay = {};

  /** Takes up what is there. */
  JobStream(Path directory, String name, long keep) {
    this.directory = directory;
    this.name = name + ".";
    this.keep = keep;
    this.segmentSize = Math.min(LARGEST_SEGMENT, keep / SEGMENTS);
    List<Segment> found = new ArrayList<>();
    for (Path path : JobFiles.entries(directory)) {
      Segment segment = parse(path);
      if (segment != null) {
        found.add(segment);
      }
    }
    found.sort(Comparator.comparingLong(Segment::start));
    for (Segment segment : found) {
      // A gap, or two that claim the same: only the newest part is of one piece.
      if (!segments.isEmpty() && segments.getLast().end() != segment.start()) {
        segments.clear();
      }
      segments.add(segment);
    }
  }

  private Segment parse(Path path) {
    String file = path.getFileName().toString();
    try {
      if (file.startsWith(name) && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        long start = Long.parseLong(file.substring(name.length()));
        long size = Files.size(path);
        return start >= 0 && size <= Long.MAX_VALUE / 2 - start ? new Segment(start, size) : null;
      }
    } catch (IOException | RuntimeException e) {
      // Not one of ours.
    }
    return null;
  }

  long from() {
    return segments.isEmpty() ? 0 : segments.getFirst().start();
  }

  long to() {
    return segments.isEmpty() ? 0 : segments.getLast().end();
  }

  /**
   * Where the next bytes go.
   *
   * @param at offset in the file
   */
  record Place(int file, long at, long most) {}

  /**
   * Makes a place for what the FIFO holds, as much as may be. Null when no more may be taken.
   *
   * @param released what is before this position may be dropped; of what is behind it, no more than
   *     is to be kept is taken
   * @param owed up to here it is taken all the same
   */
  Place prepare(long released, long owed) throws IOException {
    long ahead = to() - Math.min(to(), Math.max(released, from()));
    long room = Math.max(keep - ahead, owed - to());
    if (room <= 0) {
      return null;
    }
    Segment last = segments.peekLast();
    if (last == null || last.size() >= segmentSize) {
      closeFile();
      last = new Segment(to(), 0);
      segments.add(last);
    }
    if (file < 0) {
      file = JobCalls.openFile(path(last));
    }
    return new Place(file, last.size(), Math.min(room, Math.min(segmentSize - last.size(), CHUNK)));
  }

  /** Takes note of what {@link #move} came to. Returns whether anything came. */
  boolean moved(Place place, long count, long released) throws IOException {
    if (count > 0) {
      Segment last = segments.removeLast();
      segments.addLast(new Segment(last.start(), place.at() + count));
      while (canDrop(released) && to() - segments.getFirst().end() >= keep) {
        dropOldest();
      }
    }
    if (count == JobCalls.FULL && canDrop(released)) {
      dropOldest();
      return true;
    }
    return count > 0;
  }

  private boolean canDrop(long released) {
    return segments.size() > 1 && segments.getFirst().end() <= released;
  }

  private void dropOldest() throws IOException {
    Files.deleteIfExists(path(segments.removeFirst()));
  }

  /**
   * Moves bytes from the FIFO to their place. May wait, and needs no monitor: nobody else moves.
   *
   * @return how many; 0 at the end; {@link LibC#AGAIN} when there are none now, {@link
   *     JobCalls#FULL} when the disk is full, {@link JobCalls#FAILED}
   */
  long move(int fifo, Place place) throws IOException {
    if (FULL != null && Files.exists(Path.of(FULL))) {
      return JobCalls.FULL;
    }
    if (!unable) {
      long count =
          SPLICES ? JobCalls.splice(fifo, place.file(), place.at(), place.most()) : JobCalls.UNABLE;
      if (count != JobCalls.UNABLE) {
        return count;
      }
      unable = true;
      Log.line(directory + ": output is copied, as the file system cannot be spliced to");
    }
    return copy(fifo, place);
  }

  /** What the disk has no room for waits here. */
  private long copy(int fifo, Place place) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      if (underWay.length == 0) {
        MemorySegment bytes = arena.allocate(place.most());
        int count = LibC.read(fifo, bytes);
        if (count <= 0) {
          return count < 0 && count != LibC.AGAIN ? JobCalls.FAILED : count;
        }
        underWay = bytes.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
      }
      int most = (int) Math.min(place.most(), underWay.length);
      MemorySegment bytes = arena.allocate(most);
      MemorySegment.copy(underWay, 0, bytes, ValueLayout.JAVA_BYTE, 0, most);
      long written = JobCalls.write(place.file(), bytes, place.at());
      if (written > 0) {
        underWay = Arrays.copyOfRange(underWay, (int) written, underWay.length);
      }
      return written;
    }
  }

  /** How much has been read and is not on the disk yet. */
  int underWay() {
    return underWay.length;
  }

  private Path path(Segment segment) {
    return directory.resolve(name + segment.start());
  }

  void closeFile() {
    if (file >= 0) {
      LibC.close(file);
      file = -1;
    }
  }

  /** The file that holds that position, or null when none does. */
  Slice at(long position) {
    for (Segment segment : segments) {
      if (position >= segment.start() && position < segment.end()) {
        return new Slice(path(segment), segment.start(), segment.end());
      }
    }
    return null;
  }

  /**
   * A file of output, as far as it was filled when asked for.
   *
   * @param end position after its last byte
   */
  record Slice(Path path, long start, long end) {}

  /** Reads one slice after the other; keeps the file it reads open. */
  static final class Reader implements AutoCloseable {
    private FileChannel channel;
    private long start = -1;

    /** Returns how many bytes came; -1 when the file is gone or shorter than it should be. */
    int read(Slice slice, long position, byte[] to) throws IOException {
      if (start != slice.start()) {
        close();
        try {
          channel = FileChannel.open(slice.path(), StandardOpenOption.READ);
        } catch (IOException e) {
          return -1;
        }
        start = slice.start();
      }
      int most = (int) Math.min(to.length, slice.end() - position);
      return channel.read(ByteBuffer.wrap(to, 0, most), position - start);
    }

    @Override
    public void close() throws IOException {
      start = -1;
      if (channel != null) {
        channel.close();
        channel = null;
      }
    }
  }
}

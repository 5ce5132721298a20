package dev.banger.core.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.banger.core.host.IoReasons;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Launched;
import dev.banger.core.model.VmHandles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * {@code handles.json}: what was last seen of a running VM. A hint that saves searching, no truth:
 * it may be stale, half-written, from a newer banger or missing, and the host is looked at anyway.
 */
public final class HandlesFile {
  private static final int VERSION = 1;
  private static final int MAX_BYTES = 16 * 1024;
  private static final int MAX_TEXT = 128;
  private static final JsonFactory JSON = new JsonFactory();

  private HandlesFile() {}

  /**
   * @param launched what the VMM was started with; empty in files of older daemons
   */
  public record Content(VmHandles handles, Optional<Launched> launched) {}

  /**
   * @throws BangerException of kind HOST when it cannot be written; the old file is then unchanged
   */
  public static void write(Path file, VmHandles handles, Launched launched) {
    try {
      AtomicFile.write(file, encode(handles, launched));
    } catch (IOException e) {
      throw new BangerException(
          ErrorKind.HOST,
          "cannot write %s: %s".formatted(file, IoReasons.of(e)),
          "check: ls -lad %1$s; df -h %1$s".formatted(file.toAbsolutePath().getParent()),
          List.of(),
          e);
    }
  }

  /** Never fails; see {@link #readAll}. */
  public static Optional<VmHandles> read(Path file) {
    return readAll(file).map(Content::handles);
  }

  /**
   * Never fails. A file that makes no sense is renamed to {@code handles.json.bad}, over an earlier
   * one, for whoever wants to know what happened.
   */
  public static Optional<Content> readAll(Path file) {
    byte[] content;
    try {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.empty();
      }
      try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
        content = in.readNBytes(MAX_BYTES + 1);
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    Optional<Content> known = decode(content);
    if (known.isEmpty()) {
      setAside(file);
    }
    return known;
  }

  private static byte[] encode(VmHandles handles, Launched launched) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = JSON.createGenerator(bytes)) {
      out.writeStartObject();
      out.writeNumberField("version", VERSION);
      out.writeNumberField("pid", handles.pid());
      out.writeNumberField("startTicks", handles.startTicks());
      out.writeStringField("hostBootId", handles.hostBootId());
      out.writeStringField("driver", handles.driver());
      out.writeStringField("accel", handles.accel());
      out.writeNumberField("cpus", launched.cpus());
      out.writeNumberField("memoryMiB", launched.memoryMiB());
      out.writeNumberField("workDiskMiB", launched.workDiskMiB());
      out.writeBooleanField("nat", launched.nat());
      out.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static Optional<Content> decode(byte[] content) {
    if (content.length > MAX_BYTES) {
      return Optional.empty();
    }
    long version = -1;
    long pid = -1;
    long startTicks = -1;
    String hostBootId = null;
    String driver = null;
    String accel = null;
    long cpus = -1;
    long memoryMiB = -1;
    long workDiskMiB = -1;
    boolean nat = false;
    try (JsonParser in = JSON.createParser(content)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String field = in.currentName();
        in.nextToken();
        switch (field) {
          case "version" -> version = number(in);
          case "pid" -> pid = number(in);
          case "startTicks" -> startTicks = number(in);
          case "hostBootId" -> hostBootId = text(in);
          case "driver" -> driver = text(in);
          case "accel" -> accel = text(in);
          case "cpus" -> cpus = number(in);
          case "memoryMiB" -> memoryMiB = number(in);
          case "workDiskMiB" -> workDiskMiB = number(in);
          case "nat" -> nat = in.currentToken() == JsonToken.VALUE_TRUE;
          default -> in.skipChildren();
        }
      }
      if (in.currentToken() != JsonToken.END_OBJECT || in.nextToken() != null) {
        return Optional.empty();
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    if (version != VERSION
        || pid <= 0
        || startTicks < 0
        || hostBootId == null
        || driver == null
        || accel == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Content(
            new VmHandles(pid, startTicks, hostBootId, driver, accel),
            launched(cpus, memoryMiB, workDiskMiB, nat)));
  }

  private static Optional<Launched> launched(
      long cpus, long memoryMiB, long workDiskMiB, boolean nat) {
    boolean isKnown =
        cpus > 0
            && cpus <= Integer.MAX_VALUE
            && memoryMiB > 0
            && memoryMiB <= Integer.MAX_VALUE
            && workDiskMiB > 0;
    return isKnown
        ? Optional.of(new Launched((int) cpus, (int) memoryMiB, workDiskMiB, nat))
        : Optional.empty();
  }

  private static long number(JsonParser in) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      return in.getLongValue();
    }
    in.skipChildren();
    return -1;
  }

  private static String text(JsonParser in) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_STRING && in.getTextLength() <= MAX_TEXT) {
      return in.getText();
    }
    in.skipChildren();
    return null;
  }

  private static void setAside(Path file) {
    try {
      Files.move(
          file,
          file.resolveSibling(file.getFileName() + ".bad"),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      // It stays, and is judged the same way next time.
    }
  }
}

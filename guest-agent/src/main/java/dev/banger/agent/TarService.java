package dev.banger.agent;

import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import dev.banger.protocol.FailureKind;
import dev.banger.protocol.GuestMessage;
import dev.banger.protocol.MessageCodec;
import dev.banger.protocol.MuxStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Moves files in and out as tar archives, with BusyBox's tar. Numeric owners and modes are kept.
 */
final class TarService {
  private static final int CHUNK = 32 * 1024;

  private final Surroundings surroundings;

  TarService(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  static Path absolute(String path) throws RequestException {
    try {
      Path parsed = Path.of(path);
      if (parsed.isAbsolute()) {
        return parsed.normalize();
      }
    } catch (InvalidPathException e) {
      // Told below.
    }
    throw new RequestException(FailureKind.INVALID, "not an absolute path: " + path);
  }

  void put(MuxStream stream, GuestMessage.PutTar request)
      throws IOException, RequestException, InterruptedException {
    Path directory = absolute(request.directory());
    Files.createDirectories(directory);
    ProcessBuilder builder = tar("-x", "-f", "-", "--numeric-owner", "-C", directory.toString());
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    try {
      Complaints complaints = new Complaints(process);
      MessageCodec.write(stream.out(), new GuestMessage.Started());
      unpack(stream.in(), process.getOutputStream());
      closeQuietly(process.getOutputStream());
      conclude(process, complaints, stream.out());
    } finally {
      process.destroyForcibly();
    }
  }

  void get(MuxStream stream, GuestMessage.GetTar request)
      throws IOException, RequestException, InterruptedException {
    Path path = absolute(request.path());
    if (!Files.exists(path) && !Files.isSymbolicLink(path)) {
      throw new RequestException(FailureKind.NOT_FOUND, path + " does not exist in the guest");
    }
    Path name = path.getFileName();
    List<String> options = new ArrayList<>(List.of("-c", "-f", "-", "--numeric-owner"));
    if (Files.isSymbolicLink(path) && Files.isRegularFile(path)) {
      options.add("-h"); // who asks for a file by name wants its content
    }
    options.addAll(
        List.of(
            "-C",
            name == null ? "/" : path.getParent().toString(),
            "--",
            name == null ? "." : name.toString()));
    ProcessBuilder builder = tar(options.toArray(new String[0]));
    builder.redirectInput(new File("/dev/null"));
    Process process = builder.start();
    try {
      Complaints complaints = new Complaints(process);
      MessageCodec.write(stream.out(), new GuestMessage.Started());
      pack(process.getInputStream(), stream.out());
      conclude(process, complaints, stream.out());
    } finally {
      process.destroyForcibly();
    }
  }

  private ProcessBuilder tar(String... options) {
    List<String> line = new ArrayList<>();
    line.add(surroundings.busybox());
    line.add("tar");
    line.addAll(Arrays.asList(options));
    ProcessBuilder builder = new ProcessBuilder(line);
    Tool.plainEnvironment(builder.environment());
    return builder;
  }

  /** Returns early when tar reads no more: its exit code tells what it thinks of the rest. */
  private static void unpack(InputStream frames, OutputStream tar) throws IOException {
    ByteFrame frame = ByteFrames.read(frames);
    while (frame != null && frame.kind() == ByteFrames.STDIN && !frame.isEndOfStream()) {
      if (!feed(tar, frame.payload())) {
        return;
      }
      frame = ByteFrames.read(frames);
    }
    if (frame == null || frame.kind() != ByteFrames.STDIN) {
      throw new IOException("the archive was not sent to its end");
    }
  }

  private static boolean feed(OutputStream tar, byte[] bytes) {
    try {
      tar.write(bytes);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void closeQuietly(OutputStream tar) {
    try {
      tar.close();
    } catch (IOException e) {
      // It has ended; see its exit code.
    }
  }

  private static void pack(InputStream tar, OutputStream frames) throws IOException {
    byte[] chunk = new byte[CHUNK];
    int count = tar.read(chunk, 0, CHUNK);
    while (count >= 0) {
      ByteFrames.write(frames, ByteFrames.STDOUT, chunk, 0, count);
      count = tar.read(chunk, 0, CHUNK);
    }
    ByteFrames.writeEnd(frames, ByteFrames.STDOUT);
  }

  private static void conclude(Process process, Complaints complaints, OutputStream out)
      throws IOException, InterruptedException {
    int code = process.waitFor();
    if (code == 0) {
      ByteFrames.writeExit(out, 0);
      return;
    }
    ByteFrames.writeError(
        out, Words.cut("tar failed with exit code " + code + ": " + complaints.text()));
  }

  /** The beginning of what tar writes to its standard error. */
  private static final class Complaints {
    private static final long PATIENCE_MILLIS = 500;

    private final StringBuilder text = new StringBuilder();
    private final Thread reader;

    Complaints(Process process) {
      reader = Threads.start("tar", () -> Tool.drain(process.getErrorStream(), text));
    }

    String text() throws InterruptedException {
      reader.join(PATIENCE_MILLIS);
      synchronized (text) {
        return text.toString().strip();
      }
    }
  }
}

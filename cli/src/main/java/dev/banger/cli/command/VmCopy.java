package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Quantities;
import dev.banger.client.BangerClient;
import dev.banger.client.ByteStream;
import dev.banger.client.Json;
import dev.banger.client.Notifications;
import dev.banger.protocol.ByteFrames;
import dev.banger.tar.Packer;
import dev.banger.tar.TarException;
import dev.banger.tar.Unpacker;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** {@code banger vm cp}. */
public final class VmCopy implements Command {
  @Override
  public void describe(Options options) {
    options
        .summary("copy files and folders into and out of a VM")
        .description(
            "One side is REF:PATH with an absolute PATH. A folder is copied with all in it. When DST is a folder,\n"
                + "the copy goes into it. Links that lead out of what is copied from a guest are left out.")
        .positional("SRC", "vm:path", 1, 1, "PATH here, or REF:PATH")
        .positional("DST", "vm:path", 1, 1, "PATH here, or REF:PATH")
        .example("banger vm cp report.txt brisk-otter:/root/")
        .example("banger vm cp brisk-otter:/var/log/dpkg.log .")
        .example("banger vm cp ./a:b brisk-otter:/root/    # a local name with a colon");
  }

  @Override
  public int run(Invocation call) throws IOException, InterruptedException {
    String source = call.parsed().argument(0);
    String destination = call.parsed().argument(1);
    boolean isOut = isRemote(source);
    if (isOut == isRemote(destination)) {
      throw Failure.usage(
          isOut ? "both sides are in a VM" : "neither side is in a VM",
          "banger vm cp FILE REF:/root/, or banger vm cp REF:/root/file FILE");
    }
    if (isOut) {
      return copyOut(call, ref(source), remotePath(source), destination);
    }
    copyIn(call, source, ref(destination), remotePath(destination));
    return 0;
  }

  private static boolean isRemote(String word) {
    int colon = word.indexOf(':');
    return colon > 0 && word.lastIndexOf('/', colon) < 0;
  }

  private static String ref(String word) {
    return word.substring(0, word.indexOf(':'));
  }

  private static String remotePath(String word) {
    String path = word.substring(word.indexOf(':') + 1);
    if (!path.startsWith("/")) {
      throw Failure.usage(
          "the path in the guest must be absolute, got \"" + path + "\"",
          ref(word) + ":/root/" + path);
    }
    return path;
  }

  private static String baseName(String path) {
    String bare = path;
    while (bare.length() > 1 && bare.endsWith("/")) {
      bare = bare.substring(0, bare.length() - 1);
    }
    return bare.substring(bare.lastIndexOf('/') + 1);
  }

  private static String parent(String path) {
    String bare = path;
    while (bare.length() > 1 && bare.endsWith("/")) {
      bare = bare.substring(0, bare.length() - 1);
    }
    int slash = bare.lastIndexOf('/');
    return slash <= 0 ? "/" : bare.substring(0, slash);
  }

  private static Json stat(Invocation call, String ref, String path) {
    return call.call("vm.files.stat", Json.build().put("ref", ref).put("path", path).done());
  }

  // ---- to the guest

  private static void copyIn(Invocation call, String from, String ref, String path)
      throws IOException, InterruptedException {
    Path source = call.console().directory().resolve(from).normalize();
    if (!Files.exists(source)) {
      throw Failure.failed("notFound", "there is no file " + source + " here", "");
    }
    if (!Files.isReadable(source)) {
      throw Failure.failed("host", source + " cannot be read", "ls -ld " + source);
    }
    boolean isDirectory = Files.isDirectory(source);
    Path base = source.getFileName();
    Json there = stat(call, ref, path);
    String directory;
    String name;
    if (there.get("directory").truth(false)) {
      directory = path;
      name = base == null ? "root" : base.toString();
    } else if (there.get("exists").truth(false) && isDirectory) {
      throw Failure.failed(
          "conflict", ref + ":" + path + " is a file, and " + source + " is a directory", "");
    } else if (path.endsWith("/")) {
      throw Failure.failed(
          "notFound",
          "there is no directory " + path + " in " + ref,
          "banger vm exec " + ref + " -- mkdir -p " + path);
    } else {
      directory = parent(path);
      name = baseName(path);
      if (!stat(call, ref, directory).get("directory").truth(false)) {
        throw Failure.failed(
            "notFound",
            "there is no directory " + directory + " in " + ref,
            "banger vm exec " + ref + " -- mkdir -p " + directory);
      }
    }
    Json params = Json.build().put("ref", ref).put("directory", directory).done();
    try (BangerClient client = call.newClient();
        ByteStream stream = client.stream("vm.files.put", params, Notifications.IGNORED)) {
      Sending sending = new Sending(source, name, stream);
      sending.start();
      int code = awaitAnswer(stream, sending);
      sending.join();
      if (code != 0) {
        throw Failure.failed("guest", "the guest ended the transfer with code " + code, "");
      }
      tell(call, sending.packer.remarks(), sending.packer.files(), sending.packer.bytes());
    }
  }

  /** An error of our own side comes first: it is why the guest saw a broken archive. */
  private static int awaitAnswer(ByteStream stream, Sending sending)
      throws IOException, InterruptedException {
    try {
      return Streams.copy(stream, OutputStream.nullOutputStream(), OutputStream.nullOutputStream());
    } catch (Failure | IOException e) {
      stream.close();
      sending.join();
      IOException own = sending.failure.get();
      if (own != null && !sending.isStreamsFault) {
        throw Failure.failed("host", "cannot read what to copy: " + own.getMessage(), "");
      }
      throw e instanceof Failure told ? told : Streams.lost();
    }
  }

  /** Reads the source and sends it, while the caller waits for what the guest says. */
  private static final class Sending extends Thread {
    private final Path source;
    private final String name;
    private final ByteStream stream;
    private final AtomicReference<IOException> failure = new AtomicReference<>();
    private final Packer packer;
    private volatile boolean isStreamsFault;

    Sending(Path source, String name, ByteStream stream) {
      super("banger-copy");
      setDaemon(true);
      this.source = source;
      this.name = name;
      this.stream = stream;
      this.packer = new Packer(new BufferedOutputStream(frames(), ByteFrames.MAX_PAYLOAD));
    }

    @Override
    public void run() {
      try {
        packer.pack(source, name);
        stream.endInput();
      } catch (IOException e) {
        failure.set(e);
        if (!isStreamsFault) {
          // Without the end of input the guest does not take the archive for whole.
          stream.close();
        }
        // Otherwise the other end reads no more, and has said or will say why.
      }
    }

    private OutputStream frames() {
      return new OutputStream() {
        @Override
        public void write(int b) throws IOException {
          write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          try {
            for (int at = 0; at < length; at += ByteFrames.MAX_PAYLOAD) {
              stream.input(bytes, offset + at, Math.min(ByteFrames.MAX_PAYLOAD, length - at));
            }
          } catch (IOException e) {
            isStreamsFault = true;
            throw e;
          }
        }
      };
    }
  }

  // ---- from the guest

  private static int copyOut(Invocation call, String ref, String path, String to)
      throws IOException {
    Path destination = call.console().directory().resolve(to).normalize();
    Path target = destination;
    if (Files.isDirectory(destination)) {
      String name = baseName(path);
      if (name.isEmpty() || name.equals(".") || name.equals("..")) {
        throw Failure.usage(
            "\"" + path + "\" has no name of its own to copy to",
            "name a DST that is not there yet, or a path without . and ..");
      }
      target = destination.resolve(name);
    } else if (to.endsWith("/")) {
      throw Failure.failed(
          "notFound", "there is no directory " + destination + " here", "mkdir -p " + destination);
    }
    Path parent = target.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw Failure.failed(
          "notFound", "there is no directory " + parent + " here", "mkdir -p " + parent);
    }
    // Both are the user's own choice, and may well be reached through links.
    Path resolved =
        Files.isSymbolicLink(target) && target.equals(destination) && Files.exists(target)
            ? target.toRealPath()
            : parent.toRealPath().resolve(target.getFileName());
    Json params = Json.build().put("ref", ref).put("path", path).done();
    Unpacker unpacker = new Unpacker(resolved);
    try (BangerClient client = call.newClient();
        ByteStream stream = client.stream("vm.files.get", params, Notifications.IGNORED)) {
      unpacker.unpack(Streams.input(stream));
    } catch (TarException e) {
      throw Failure.failed(
          "guest",
          "the guest sent an archive that is not taken: " + e.getMessage(),
          Files.exists(resolved, LinkOption.NOFOLLOW_LINKS)
              ? "what came before is in " + resolved
              : "");
    } catch (FileSystemException e) {
      throw Failure.failed("host", "cannot write: " + e.getMessage(), "");
    }
    tell(call, unpacker.remarks(), unpacker.files(), unpacker.bytes());
    return Files.exists(resolved, LinkOption.NOFOLLOW_LINKS) ? 0 : Failure.FAILED;
  }

  private static void tell(Invocation call, List<String> remarks, long files, long bytes) {
    for (String remark : remarks) {
      call.warn(remark);
    }
    if (call.isJson()) {
      call.print(
          Json.build()
              .put("files", files)
              .put("bytes", bytes)
              .put("warnings", Json.strings(remarks))
              .done());
    } else if (!call.isQuiet()) {
      call.say(files + (files == 1 ? " file, " : " files, ") + Quantities.bytes(bytes));
    }
  }
}

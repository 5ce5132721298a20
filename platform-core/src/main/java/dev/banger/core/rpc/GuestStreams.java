package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.lifecycle.GuestLink.Connection;
import dev.banger.core.lifecycle.GuestLink.ExecSpec;
import dev.banger.core.lifecycle.GuestLink.GuestProcess;
import dev.banger.core.lifecycle.VmService;
import dev.banger.core.lifecycle.VmUses;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.CommandRefusedException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmState;
import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The methods that carry bytes between a client and a guest. */
public final class GuestStreams {
  private static final Logger LOG = Logger.getLogger(GuestStreams.class.getName());

  /** An agent that is up answers in milliseconds; after its crash it is back within seconds. */
  static final Duration LINK_LIMIT = Duration.ofSeconds(30);

  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  /** What a client of exec exits with when neither the command nor its name is to blame. */
  private static final int EXEC_FAILED = 125;

  /** A transfer that moves nothing for so long is dead. */
  private static final Duration IDLE_LIMIT = Duration.ofMinutes(2);

  /** How long a port that refuses is asked again while the guest is still booting. */
  private static final Duration BOOTING_LIMIT = Duration.ofSeconds(60);

  private static final String TRANSFER = "file transfer";
  private static final Duration POLL = Duration.ofMillis(200);

  private final VmService vms;

  public GuestStreams(VmService vms) {
    this.vms = vms;
  }

  /** A stream between a client and a guest, from before the guest is reached. */
  private interface Stream {
    Json run(GuestLink link) throws Exception;
  }

  /** It uses the VM until it ends, whether anything moves or not. */
  private Json using(RpcCall call, String by, Stream stream) throws Exception {
    VmRecord vm = vms.resolve(call.params().text("ref"));
    try (VmUses.Use _ = vms.use(vm, by)) {
      return stream.run(vms.link(vm, LINK_LIMIT));
    }
  }

  /** {@code vm.exec}. */
  public Json exec(RpcCall call) throws Exception {
    Params params = call.params();
    List<String> command = params.texts("command");
    if (command.isEmpty()) {
      throw new BangerException(
          ErrorKind.USAGE, "no command was given", "banger vm exec REF -- COMMAND...");
    }
    ExecSpec spec =
        new ExecSpec(
            command,
            params.optionalText("cwd").orElse(""),
            params.map("env"),
            params.flag("tty", false),
            params.integer("rows").orElse(24),
            params.integer("cols").orElse(80));
    boolean stdin = params.flag("stdin", true);
    return using(call, "exec", link -> exec(call, link, spec, stdin));
  }

  private static Json exec(RpcCall call, GuestLink link, ExecSpec spec, boolean stdin)
      throws Exception {
    // From here on failures are the guest command's: clients tell them from a VM that is not there.
    StreamEnds client = call.upgrade();
    try (GuestProcess process = link.exec(spec, START_LIMIT)) {
      if (!stdin) {
        process.stdin().close();
      }
      Thread out = pump("exec-stdout", client, process.stdout(), ByteFrames.STDOUT, process);
      Thread err = pump("exec-stderr", client, process.stderr(), ByteFrames.STDERR, process);
      Thread in = Thread.ofVirtual().name("exec-stdin").start(() -> obey(client, process, stdin));
      try {
        int code = process.exit().join();
        out.join();
        err.join();
        client.exit(code);
      } catch (CompletionException e) {
        client.error(lost(e.getCause()), EXEC_FAILED);
      } finally {
        in.interrupt();
      }
    } catch (CommandRefusedException e) {
      client.error(e, e.exitCode());
    } catch (BangerException e) {
      client.error(e, EXEC_FAILED);
    }
    return Json.NULL;
  }

  private static BangerException lost(Throwable cause) {
    return cause instanceof BangerException known
        ? known
        : new BangerException(
            ErrorKind.GUEST, "the connection to the guest was lost: " + cause.getMessage());
  }

  private static Thread pump(
      String name, StreamEnds client, InputStream from, int kind, GuestProcess process) {
    return Thread.ofVirtual()
        .name(name)
        .start(
            () -> {
              try {
                client.copyOut(from, kind);
              } catch (IOException e) {
                // Either end is gone. Hanging up ends the command if it is the client's.
                process.close();
              }
            });
  }

  /** Does what the client's frames say, until it goes away: then the command is hung up. */
  private static void obey(StreamEnds client, GuestProcess process, boolean stdin) {
    try {
      ByteFrame frame;
      while ((frame = client.read()) != null) {
        byte[] payload = frame.payload();
        switch (frame.kind()) {
          case ByteFrames.STDIN -> feed(process, payload, stdin);
          case ByteFrames.SIGNAL -> {
            if (payload.length == 1) {
              process.signal(payload[0]);
            }
          }
          case ByteFrames.RESIZE -> {
            if (payload.length == 4) {
              ByteBuffer size = ByteBuffer.wrap(payload);
              process.resize(size.getShort() & 0xffff, size.getShort() & 0xffff);
            }
          }
          default -> LOG.log(Level.FINE, "ignored a frame of kind {0}", frame.kind());
        }
      }
    } catch (IOException | BangerException e) {
      LOG.log(Level.FINE, "a client of exec went away", e);
    } finally {
      process.close();
    }
  }

  private static void feed(GuestProcess process, byte[] payload, boolean stdin) {
    if (!stdin) {
      return;
    }
    try {
      if (payload.length == 0) {
        process.stdin().close();
      } else {
        process.stdin().write(payload);
        process.stdin().flush();
      }
    } catch (IOException e) {
      // The command has closed its input; it goes on and so do its other streams.
      LOG.log(Level.FINE, "a command closed its input", e);
    }
  }

  /** {@code vm.files.put}. */
  public Json put(RpcCall call) throws Exception {
    String directory = absolute(call.params(), "directory");
    return using(
        call,
        TRANSFER,
        link -> {
          StreamEnds client = call.upgrade();
          finish(client, () -> link.putTar(directory, client.input(), IDLE_LIMIT));
          return Json.NULL;
        });
  }

  /** {@code vm.files.get}. */
  public Json get(RpcCall call) throws Exception {
    String path = absolute(call.params(), "path");
    return using(
        call,
        TRANSFER,
        link -> {
          StreamEnds client = call.upgrade();
          finish(client, () -> link.getTar(path, client.output(ByteFrames.STDOUT), IDLE_LIMIT));
          return Json.NULL;
        });
  }

  private interface Transfer {
    void run() throws Exception;
  }

  private static void finish(StreamEnds client, Transfer transfer) throws Exception {
    try {
      transfer.run();
      client.exit(0);
    } catch (BangerException e) {
      client.error(e);
    }
  }

  private static String absolute(Params params, String name) {
    String path = params.text(name);
    if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
      throw new BangerException(
          ErrorKind.INVALID,
          "the path in the guest must be absolute, got \"%s\"".formatted(path),
          "for example web:/root/file");
    }
    return path;
  }

  /** {@code vm.proxy}. */
  public Json proxy(RpcCall call) throws Exception {
    int port = call.params().integer("port").orElse(0);
    if (port < 1 || port > 65535) {
      throw new BangerException(
          ErrorKind.INVALID, "a port is between 1 and 65535, got %d".formatted(port));
    }
    return using(call, "port " + port, link -> proxy(call, link, port));
  }

  private static Json proxy(RpcCall call, GuestLink link, int port) throws Exception {
    try (Connection connection = dial(link, port)) {
      StreamEnds client = call.upgrade();
      Thread in =
          Thread.ofVirtual()
              .name("proxy-in")
              .start(
                  () -> {
                    try (OutputStream to = connection.out()) {
                      client.input().transferTo(to);
                    } catch (IOException e) {
                      connection.close();
                    }
                  });
      try {
        client.copyOut(connection.in(), ByteFrames.STDOUT);
        client.exit(0);
      } finally {
        in.interrupt();
      }
    }
    return Json.NULL;
  }

  /** A server that starts with the guest may not listen yet while its init is at work. */
  private static Connection dial(GuestLink link, int port) throws InterruptedException {
    long end = System.nanoTime() + BOOTING_LIMIT.toNanos();
    while (true) {
      boolean booting = !link.health(START_LIMIT).initDone();
      try {
        return link.dial(port, START_LIMIT);
      } catch (BangerException e) {
        if (!booting || System.nanoTime() > end) {
          throw e;
        }
        Thread.sleep(POLL);
      }
    }
  }

  /** {@code vm.logs}. */
  public Json logs(RpcCall call) throws Exception {
    VmRecord vm = vms.resolve(call.params().text("ref"));
    long tail = call.params().number("tail").orElse(-1L);
    boolean follow = call.params().flag("follow", false);
    boolean restarts = call.params().flag("restarts", false);
    Path console = vms.paths(vm).console();
    StreamEnds client = call.upgrade();
    Thread leaving = Thread.ofVirtual().name("logs-client").start(() -> awaitDeparture(client));
    try {
      BooleanSupplier isDown = () -> !restarts && down(vm.id());
      boolean ended = new ConsoleFeed(console, tail).send(client, follow, leaving, isDown);
      if (ended) {
        byte[] end = end(vm).getBytes(StandardCharsets.UTF_8);
        client.write(ByteFrames.STDERR, end, 0, end.length);
      }
      client.exit(0);
    } finally {
      leaving.interrupt();
    }
    return Json.NULL;
  }

  /** Whether a VM prints no more: it is down, and nobody is about to start it again. */
  private boolean down(VmId id) {
    return vms.find(id)
        .map(
            vm ->
                switch (vm.state()) {
                  case VmState.Stopped(), VmState.Failed(_), VmState.CleanupPending(_) ->
                      !vms.isBusy(id);
                  case VmState.Starting(),
                      VmState.Running(),
                      VmState.Stopping(),
                      VmState.Deleting() ->
                      false;
                })
        .orElse(true);
  }

  private String end(VmRecord vm) {
    return vm.name()
        + " is "
        + vms.find(vm.id()).map(now -> now.state().wireName()).orElse("deleted")
        + "\n";
  }

  private static void awaitDeparture(StreamEnds client) {
    try {
      while (client.read() != null) {
        // A client of logs has nothing to say.
      }
    } catch (IOException e) {
      LOG.log(Level.FINE, "a client of logs went away", e);
    }
  }

  /** Sends a console file, and what is added to it while a client is there. */
  private record ConsoleFeed(Path console, long tail) {
    /**
     * @return whether following ended because the VM did
     */
    boolean send(StreamEnds client, boolean follow, Thread leaving, BooleanSupplier isDown)
        throws Exception {
      while (!console.toFile().exists()) {
        if (!follow || !leaving.isAlive()) {
          return false;
        }
        if (isDown.getAsBoolean()) {
          return true;
        }
        leaving.join(POLL);
      }
      byte[] buffer = new byte[ByteFrames.MAX_PAYLOAD];
      try (RandomAccessFile file = new RandomAccessFile(console.toFile(), "r")) {
        file.seek(tail < 0 ? 0 : lastLines(file, tail));
        boolean wasDown = false;
        while (true) {
          int got = file.read(buffer);
          if (got > 0) {
            client.write(ByteFrames.STDOUT, buffer, 0, got);
          } else if (!follow || !leaving.isAlive()) {
            return false;
          } else if (wasDown) {
            return true;
          } else if (isDown.getAsBoolean()) {
            // What it wrote before that is read first.
            wasDown = true;
          } else {
            leaving.join(POLL);
            if (file.length() < file.getFilePointer()) {
              file.seek(0);
            }
          }
        }
      }
    }

    /** Where the last {@code lines} lines begin; reads backwards in blocks. */
    private static long lastLines(RandomAccessFile file, long lines) throws IOException {
      byte[] block = new byte[8192];
      long newlines = 0;
      // The newline that ends the file belongs to its last line.
      long end = Math.max(0, file.length() - 1);
      for (long at = end; at > 0; ) {
        int size = (int) Math.min(block.length, at);
        at -= size;
        file.seek(at);
        file.readFully(block, 0, size);
        for (int i = size - 1; i >= 0; i--) {
          if (block[i] == '\n' && ++newlines == lines) {
            return at + i + 1;
          }
        }
      }
      return lines == 0 ? file.length() : 0;
    }
  }

  /** {@code vm.files.stat}. */
  public Json stat(RpcCall call) throws Exception {
    String path = absolute(call.params(), "path");
    return using(
        call,
        TRANSFER,
        link -> {
          GuestLink.FileStatus status = link.stat(path, START_LIMIT);
          return Json.build()
              .put("exists", status.exists())
              .put("directory", status.directory())
              .done();
        });
  }
}

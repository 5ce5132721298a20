package dev.banger.plugin.filesync;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestCommand;
import dev.banger.api.GuestResult;
import dev.banger.api.VmView;
import dev.banger.tar.TarWriter;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * Sends what a guest lacks into a directory of its own beside the places, and then puts each file
 * in its place. Until all has arrived nothing changes.
 */
final class Transfer {
  private static final Duration CLEANING = Duration.ofSeconds(10);

  private final CapabilityHost host;
  private final VmView vm;
  private final Delta delta;
  private final Deadline deadline;
  private final String staging =
      Scripts.STAGING + UUID.randomUUID().toString().replace("-", "").substring(0, 16);

  Transfer(CapabilityHost host, VmView vm, Delta delta, Deadline deadline) {
    this.host = host;
    this.vm = vm;
    this.delta = delta;
    this.deadline = deadline;
  }

  void run() throws Exception {
    try {
      host.putTar(vm, Scripts.ROOT, this::write, deadline.left());
      apply();
    } catch (InterruptedException e) {
      // Time is up; the next look at the guest cleans.
      throw e;
    } catch (Exception e) {
      clean();
      throw e;
    }
  }

  private void apply() throws InterruptedException {
    GuestResult result =
        host.exec(
            vm,
            GuestCommand.of(
                    deadline.left(),
                    Scripts.BUSYBOX,
                    "sh",
                    "-c",
                    Scripts.APPLY,
                    Scripts.BUSYBOX,
                    Scripts.ROOT,
                    staging,
                    Scripts.OWNER,
                    Scripts.DIRECTORIES,
                    Scripts.MOVE)
                .in("/"));
    if (result.exitCode() != 0) {
      throw new CapabilityException(
          FailureKind.GUEST,
          "VM %s could not put the files in their places (exit code %d): %s"
              .formatted(vm.name(), result.exitCode(), Text.shown(result.stderr().strip())),
          "look there: banger vm exec %s -- ls -la /root; then: banger vm sync %s"
              .formatted(vm.name(), vm.name()));
    }
  }

  /** What failed is told; what is left all the same, the next look at the guest removes. */
  private void clean() throws InterruptedException {
    try {
      host.exec(
          vm,
          GuestCommand.of(
                  CLEANING,
                  Scripts.BUSYBOX,
                  "sh",
                  "-c",
                  Scripts.CLEAN,
                  Scripts.BUSYBOX,
                  Scripts.ROOT,
                  staging)
              .in("/"));
    } catch (CapabilityException e) {
      // The guest is gone, or the call is over.
    }
  }

  private void write(OutputStream out) throws IOException {
    OutputStream buffered = new BufferedOutputStream(out, 64 * 1024);
    TarWriter tar = new TarWriter(buffered, ISO_8859_1);
    byte[] directories = String.join("\0", delta.directories()).getBytes(ISO_8859_1);
    tar.directory(staging, 0700, 0);
    tar.file(staging + "/dirs", new ByteArrayInputStream(directories), directories.length, 0600, 0);
    tar.directory(staging + "/t", 0700, 0);
    Set<String> made = new HashSet<>();
    for (Node node : delta.files()) {
      String guest = node.guest();
      for (int slash = guest.indexOf('/'); slash >= 0; slash = guest.indexOf('/', slash + 1)) {
        String above = guest.substring(0, slash);
        if (made.add(above)) {
          tar.directory(staging + "/t/" + above, 0700, 0);
        }
      }
      String name = staging + "/t/" + guest;
      switch (node) {
        case Node.Directory _ -> {}
        case Node.Link link -> tar.link(name, link.target(), link.seconds());
        case Node.Plain file -> file(tar, name, file);
      }
    }
    tar.finish();
    buffered.flush();
  }

  private static void file(TarWriter tar, String name, Node.Plain file) throws IOException {
    try (InputStream content = opened(file)) {
      // What grows meanwhile is as it was when it was looked at; its new time brings it back.
      tar.file(name, new Whole(content, file), file.size(), file.mode(), file.seconds());
    }
  }

  private static InputStream opened(Node.Plain file) {
    try {
      return HostTree.read(file);
    } catch (IOException e) {
      throw Walk.unreadable(file.source(), file.path(), e);
    }
  }

  /** Rather breaks off than have the end of a file that shrinks filled up with zeros. */
  private static final class Whole extends FilterInputStream {
    private final Node.Plain file;
    private long left;

    Whole(InputStream in, Node.Plain file) {
      super(in);
      this.file = file;
      this.left = file.size();
    }

    @Override
    public int read(byte[] buffer, int from, int count) throws IOException {
      int got;
      try {
        got = super.read(buffer, from, count);
      } catch (IOException e) {
        throw Walk.unreadable(file.source(), file.path(), e);
      }
      if (got < 0 && left > 0) {
        throw Walk.unreadable(
            file.source(), file.path(), new EOFException("it shrank while it was copied"));
      }
      left -= Math.max(got, 0);
      return got;
    }
  }
}

package dev.banger.plugin.sessions;

import dev.banger.api.CapabilityException;
import dev.banger.api.TerminalStreams;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * At a terminal, for a session on pipes: the least of what a kernel's terminal does, because this
 * one is raw. Lines are echoed and edited here and sent when complete; ctrl-C is SIGINT for the
 * session, ctrl-D on an empty line the end of its input, ctrl-p ctrl-q leaves.
 */
final class LineTyping implements Typing {
  private static final int SIGINT = 2;
  private static final int LONGEST = 64 * 1024;

  private final Named session;
  private final Reader reader;
  private final TerminalStreams here;
  private final Detach detach = new Detach();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  LineTyping(Named session, Reader reader, TerminalStreams here) {
    this.session = session;
    this.reader = reader;
    this.here = here;
  }

  @Override
  public boolean run(boolean isSent) {
    byte[] typed = new byte[4096];
    byte[] passed = new byte[typed.length + 1];
    try {
      for (int got = here.in().read(typed); got >= 0; got = here.in().read(typed)) {
        int count = detach.filter(typed, got, passed);
        for (int i = 0; i < count && isSent; i++) {
          key(passed[i]);
        }
        if (detach.isFound()) {
          return true;
        }
      }
    } catch (IOException | CapabilityException e) {
      // Whoever typed is gone, or the guest: the host or the reader ends the command.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private void key(byte key) throws IOException, InterruptedException {
    switch (key) {
      case '\r', '\n' -> {
        echo("\r\n");
        line.write('\n');
        send();
      }
      case 0x03 -> {
        echo("^C\r\n");
        line.reset();
        session.host().signal(session.vm(), session.name(), SIGINT, Named.QUICK);
      }
      case 0x04 -> {
        if (line.size() == 0) {
          reader.endInput();
        } else {
          send();
        }
      }
      case 0x15 -> erase(line.size());
      case 0x08, 0x7f -> erase(1);
      default -> {
        // Other control keys mean nothing to a line.
        if ((key < 0 || key >= ' ' || key == '\t') && line.size() < LONGEST) {
          line.write(key);
          here.out().write(key);
          here.out().flush();
        }
      }
    }
  }

  private void send() throws InterruptedException {
    byte[] bytes = line.toByteArray();
    line.reset();
    reader.write(bytes, bytes.length);
  }

  /** Takes back the last characters: in UTF-8 a character's later bytes begin with the bits 10. */
  private void erase(int characters) throws IOException {
    byte[] bytes = line.toByteArray();
    int length = bytes.length;
    for (int i = 0; i < characters && length > 0; i++) {
      do {
        length--;
      } while (length > 0 && (bytes[length] & 0xc0) == 0x80);
      echo("\b \b");
    }
    line.reset();
    line.write(bytes, 0, length);
  }

  private void echo(String text) throws IOException {
    here.out().write(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    here.out().flush();
  }

  /** A raw terminal only goes down at a line feed. */
  @Override
  public byte[] shown(byte[] output) {
    ByteArrayOutputStream shown = new ByteArrayOutputStream(output.length + 16);
    byte before = 0;
    for (byte each : output) {
      if (each == '\n' && before != '\r') {
        shown.write('\r');
      }
      shown.write(each);
      before = each;
    }
    return shown.toByteArray();
  }
}

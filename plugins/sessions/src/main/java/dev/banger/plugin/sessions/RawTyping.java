package dev.banger.plugin.sessions;

import dev.banger.api.TerminalStreams;
import java.io.IOException;
import java.util.Arrays;

/** Every byte as it is; at a terminal ctrl-p ctrl-q leaves. */
final class RawTyping implements Typing {
  private final Reader reader;
  private final TerminalStreams here;
  private final boolean passesEnd;
  private final boolean isTerminal;
  private long known;
  private final Detach detach = new Detach();

  /**
   * @param passesEnd whether the end of what is typed is one for the session
   * @param known how many bytes the session has already
   */
  RawTyping(Reader reader, TerminalStreams here, boolean passesEnd, long known) {
    this.reader = reader;
    this.here = here;
    this.passesEnd = passesEnd;
    this.known = known;
    this.isTerminal = here.size().isPresent();
  }

  @Override
  public boolean run(boolean isSent) {
    byte[] typed = new byte[32 * 1024];
    byte[] passed = new byte[typed.length + 1];
    try {
      for (int got = here.in().read(typed); got >= 0; got = here.in().read(typed)) {
        int count = isTerminal ? detach.filter(typed, got, passed) : got;
        if (isSent) {
          send(isTerminal ? passed : typed, count);
        }
        if (detach.isFound()) {
          return true;
        }
      }
      // A window that is closed here is no control-D for the shell there.
      if (isSent && passesEnd) {
        reader.endInput();
      }
    } catch (IOException e) {
      // Whoever typed is gone: the host ends the command.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private void send(byte[] bytes, int count) throws InterruptedException {
    int skipped = (int) Math.min(known, count);
    known -= skipped;
    if (count > skipped) {
      byte[] rest = skipped == 0 ? bytes : Arrays.copyOfRange(bytes, skipped, count);
      reader.write(rest, count - skipped);
    }
  }

  @Override
  public byte[] shown(byte[] output) {
    return output;
  }
}

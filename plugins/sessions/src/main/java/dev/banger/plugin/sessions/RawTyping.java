package dev.banger.plugin.sessions;

import dev.banger.api.TerminalStreams;
import java.io.IOException;

/** Every byte as it is; at a terminal ctrl-p ctrl-q leaves. */
final class RawTyping implements Typing {
  private final Reader reader;
  private final TerminalStreams here;
  private final boolean passesEnd;
  private final boolean isTerminal;
  private final Detach detach = new Detach();

  /**
   * @param passesEnd whether the end of what is typed is one for the session
   */
  RawTyping(Reader reader, TerminalStreams here, boolean passesEnd) {
    this.reader = reader;
    this.here = here;
    this.passesEnd = passesEnd;
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
          reader.write(isTerminal ? passed : typed, count);
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

  @Override
  public byte[] shown(byte[] output) {
    return output;
  }
}

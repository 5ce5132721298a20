package dev.banger.agent;

import dev.banger.protocol.AgentSync;
import dev.banger.protocol.LinkInput;
import dev.banger.protocol.Mux;
import dev.banger.protocol.MuxStream;
import dev.banger.protocol.Protocol;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;

/** Serves one session after the other, for as long as the guest runs. */
final class Agent {
  static final String VERSION = "0.1.0";
  private static final long RETRY_MILLIS = 100;

  private final Port port;
  private final LinkInput in;
  private final OutputStream out;
  private final Requests requests;

  Agent(Port port, Surroundings surroundings) {
    this.port = port;
    this.in = new LinkInput(port.in());
    this.out = port.out();
    this.requests = new Requests(surroundings);
  }

  void run() throws IOException, InterruptedException {
    requests.resume();
    while (true) {
      try {
        AgentSync.await(in, out);
        serve();
      } catch (EOFException e) {
        port.awaitPeer();
      } catch (IOException e) {
        Log.line("link: " + e);
        Thread.sleep(RETRY_MILLIS);
      }
    }
  }

  private void serve() throws IOException, InterruptedException {
    Mux mux = new Mux(in, out, Mux.Side.AGENT, Protocol.MAX_STREAMS);
    if (!mux.awaitFrame()) {
      return;
    }
    Thread writer = Threads.start("link-writer", mux::write);
    Threads.start("link-acceptor", () -> accept(mux));
    String why = mux.run();
    Log.line("session over: " + why);
    // A write that is under way belongs to the old session: the next one starts behind it.
    writer.join();
  }

  private void accept(Mux mux) {
    try {
      MuxStream stream = mux.accept(Long.MAX_VALUE);
      while (stream != null) {
        MuxStream next = stream;
        Threads.start("stream-" + next.id(), () -> requests.serve(next));
        stream = mux.accept(Long.MAX_VALUE);
      }
    } catch (IOException e) {
      // The session is over; so says its reader.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      // No thread to be had, for example. Without an acceptor the session is of no use.
      Log.defect("acceptor", e);
      mux.close();
    }
  }
}

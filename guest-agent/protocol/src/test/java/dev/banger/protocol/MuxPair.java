package dev.banger.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Two multiplexers connected to each other. */
final class MuxPair implements AutoCloseable {
  final Pipe toAgent = new Pipe();
  final Pipe toHost = new Pipe();
  final Mux host = new Mux(new LinkInput(toHost.in), toAgent.out, Mux.Side.HOST, 4);
  final Mux agent = new Mux(new LinkInput(toAgent.in), toHost.out, Mux.Side.AGENT, 8);
  private final List<Thread> threads = new ArrayList<>();

  MuxPair() {
    start(host::write);
    start(host::run);
    start(agent::write);
    start(agent::run);
  }

  Thread start(Runnable task) {
    Thread thread = Thread.ofVirtual().start(task);
    threads.add(thread);
    return thread;
  }

  MuxStream accept() throws Exception {
    return agent.accept(TimeUnit.SECONDS.toNanos(10));
  }

  @Override
  public void close() {
    host.close();
    agent.close();
    toAgent.close();
    toHost.close();
    for (Thread thread : threads) {
      join(thread);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

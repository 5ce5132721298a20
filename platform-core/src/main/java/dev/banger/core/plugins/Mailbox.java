package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.api.VmEventHandler;
import dev.banger.api.VmView;
import dev.banger.hooks.StoredVm;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Brings events to one version of a plugin, one at a time, in order, on a thread of its own. */
final class Mailbox {
  private static final int MAX_WAITING = 256;
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final HostedPlugin plugin;
  private final VmEventHandler handler;
  private final BlockingQueue<Event> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private final Thread postman;
  private boolean losing;

  /** An event as plain data. */
  record Event(String type, Instant at, StoredVm stored, String reason)
      implements dev.banger.api.VmEvent {
    @Override
    public VmView vm() {
      return stored;
    }
  }

  Mailbox(HostedPlugin plugin, VmEventHandler handler) {
    this.plugin = plugin;
    this.handler = handler;
    this.postman = Thread.ofVirtual().name("events-" + plugin.id()).start(this::deliver);
  }

  /** Returns at once; an event that finds 256 others waiting is dropped. */
  synchronized void put(Event event) {
    boolean taken = waiting.offer(event);
    if (!taken && !losing) {
      System.getLogger("banger.plugin." + plugin.id())
          .log(
              System.Logger.Level.WARNING,
              "{0} is {1} events behind and loses events",
              plugin.title(),
              MAX_WAITING);
    }
    losing = !taken;
  }

  private void deliver() {
    try {
      while (true) {
        Event event = waiting.take();
        try {
          plugin
              .gate()
              .enter(
                  "event",
                  LIMIT,
                  lease -> {
                    handler.onEvent(event, plugin.context(lease));
                    return null;
                  });
        } catch (CapabilityException e) {
          System.getLogger("banger.plugin." + plugin.id())
              .log(
                  System.Logger.Level.WARNING,
                  "event {0} of vm {1}: {2}",
                  event.type(),
                  event.stored().name(),
                  e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      // The version is no longer active: what waits is not told.
    }
  }

  /** Nothing is delivered any more once it returns, except what is under way. */
  void close() {
    postman.interrupt();
  }
}

package dev.banger.core.guest;

import dev.banger.core.lifecycle.GuestJobLink.Connection;
import dev.banger.core.lifecycle.GuestJobLink.Dropped;
import dev.banger.core.lifecycle.GuestJobLink.Ended;
import dev.banger.core.lifecycle.GuestJobLink.Event;
import dev.banger.core.lifecycle.GuestJobLink.Job;
import dev.banger.core.lifecycle.GuestJobLink.Output;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a connection to a job told until its end.
 *
 * @param ended null when the end of the job was not told
 */
record Told(String stdout, String stderr, List<Dropped> dropped, Job ended) {
  static Told read(Connection connection) throws IOException, InterruptedException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<Dropped> dropped = new ArrayList<>();
    Job ended = null;
    for (Event event = connection.next(); event != null; event = connection.next()) {
      switch (event) {
        case Output output -> (output.error() ? err : out).writeBytes(output.bytes());
        case Dropped gone -> dropped.add(gone);
        case Ended end -> ended = end.job();
      }
    }
    return new Told(
        out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8), dropped, ended);
  }
}

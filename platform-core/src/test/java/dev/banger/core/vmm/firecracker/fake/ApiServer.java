package dev.banger.core.vmm.firecracker.fake;

import dev.banger.core.vmm.firecracker.fake.ApiDescription.Operation;
import dev.banger.core.vmm.firecracker.fake.HttpConnection.Request;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Requests one at a time, however many connections; and of those ten at most. */
final class ApiServer {
  private static final int MOST = 10;

  private final ServerSocketChannel socket;
  private final ApiDescription api;
  private final Machine machine;
  private final Faults faults;
  private final int bodyLimit;
  private final AtomicInteger open = new AtomicInteger();
  private final Object oneThread = new Object();

  ApiServer(
      ServerSocketChannel socket, ApiDescription api, Machine machine, Faults faults, int limit) {
    this.socket = socket;
    this.api = api;
    this.machine = machine;
    this.faults = faults;
    this.bodyLimit = limit;
  }

  void run() throws IOException {
    while (true) {
      SocketChannel channel = socket.accept();
      if (open.get() >= MOST) {
        try (channel) {
          new HttpConnection(channel).tooMany();
        }
        continue;
      }
      open.incrementAndGet();
      Thread.ofVirtual()
          .start(
              () -> {
                try (channel) {
                  serve(new HttpConnection(channel));
                } catch (IOException | InterruptedException e) {
                  System.out.println("API connection: " + e);
                } finally {
                  open.decrementAndGet();
                }
              });
    }
  }

  private void serve(HttpConnection connection) throws IOException, InterruptedException {
    while (true) {
      Request request;
      try {
        request = connection.read(bodyLimit);
      } catch (HttpConnection.Malformed e) {
        connection.malformed(e.getMessage());
        return;
      }
      if (request == null) {
        return;
      }
      Optional<String> fault =
          faults
              .of("answer " + request.method() + " " + request.path())
              .or(() -> faults.of("answer " + request.method() + " *"));
      if (fault.isPresent()) {
        BadAnswer.give(connection, fault.get());
        return;
      }
      synchronized (oneThread) {
        answer(connection, request);
      }
    }
  }

  private void answer(HttpConnection connection, Request request)
      throws IOException, InterruptedException {
    try {
      Object body = handle(request);
      connection.respond(body == null ? 204 : 200, body == null ? "" : Json.write(body));
      machine.answered();
    } catch (Refused e) {
      connection.respond(400, Json.write(Map.of("fault_message", e.getMessage())));
      machine.refused();
    }
  }

  /** The body of the answer; null when there is none. */
  private Object handle(Request request) throws Refused, IOException {
    boolean empty = request.body().length == 0;
    Optional<Operation> operation = api.find(request.method(), request.path());
    if (request.method().equals("GET") && !empty) {
      throw new Refused("GET request cannot have a body.");
    }
    if (request.method().equals("PUT") && empty) {
      throw new Refused("Empty PUT request.");
    }
    if (operation.isEmpty()) {
      if (request.path().matches("/(drives|network-interfaces|pmem)/?")) {
        throw new Refused("The ID cannot be empty.");
      }
      // It names the first part of the path only.
      String first = request.path().replaceFirst("^/+", "").split("/", 2)[0];
      throw new Refused(
          "Invalid request method and/or path: %s %s.".formatted(request.method(), first));
    }
    Operation found = operation.get();
    if (request.method().equals("PATCH")
        && empty
        && found.description().containsKey("parameters")) {
      throw new Refused("Empty PATCH request.");
    }
    checkId(found);
    Object value = empty ? null : parse(request.body());
    if (!request.method().equals("GET")) {
      api.check(found, value, request.body());
    }
    return machine.apply(found, value);
  }

  private static void checkId(Operation operation) throws Refused {
    if (!operation.template().contains("{")) {
      return;
    }
    if (operation.id().isEmpty()) {
      throw new Refused("The ID cannot be empty.");
    }
    if (!operation.id().chars().allMatch(c -> c == '_' || Character.isLetterOrDigit(c))) {
      throw new Refused(
          "API Resource IDs can only contain alphanumeric characters and underscores.");
    }
  }

  private static Object parse(byte[] body) throws Refused {
    try {
      return Json.read(body);
    } catch (IOException e) {
      String first = new String(body, StandardCharsets.UTF_8).strip();
      throw Refused.body(
          first.startsWith("{") ? "EOF while parsing an object" : "expected value", body);
    }
  }
}

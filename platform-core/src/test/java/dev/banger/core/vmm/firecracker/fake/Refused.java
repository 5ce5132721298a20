package dev.banger.core.vmm.firecracker.fake;

/** What the VMM answers with 400 and a {@code fault_message}. */
final class Refused extends Exception {
  Refused(String message) {
    super(message);
  }

  static Refused body(String message, byte[] body) {
    return new Refused(
        "An error occurred when deserializing the json body of a request: %s at line 1 column %d."
            .formatted(message, body.length));
  }

  static Refused beforeStart() {
    return new Refused("The requested operation is not supported before starting the microVM.");
  }

  static Refused afterStart() {
    return new Refused("The requested operation is not supported after starting the microVM.");
  }
}

package dev.banger.plugin.ports;

/** What a TCP port speaks. */
enum Service {
  HTTP("http"),
  HTTPS("https"),
  /** Anything else, or nothing. */
  TCP("tcp");

  private final String word;

  Service(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }

  boolean isWeb() {
    return this != TCP;
  }
}

package dev.banger.agent;

import dev.banger.protocol.MessageCodec;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Failures as text of bounded length. */
final class Words {
  private Words() {}

  static String of(Exception failure) {
    if (failure instanceof NoSuchFileException missing) {
      return missing.getFile() + ": no such file or directory";
    }
    if (failure instanceof FileSystemException of && of.getReason() != null) {
      return of.getFile() + ": " + of.getReason();
    }
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  /** At most a quarter of the limit in characters: each is at most 4 bytes of UTF-8. */
  static String cut(String text) {
    int limit = MessageCodec.MAX_TEXT / 4;
    return text.length() > limit ? text.substring(0, limit) : text;
  }
}

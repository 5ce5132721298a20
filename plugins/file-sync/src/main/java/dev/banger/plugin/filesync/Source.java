package dev.banger.plugin.filesync;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What an entry means.
 *
 * @param index of the entry, from 0
 * @param host absolute
 * @param guest below {@code /root}, without a slash at either end; one char for each byte
 * @param mode permission bits that were asked for
 */
record Source(int index, Path host, String guest, Optional<Integer> mode) {
  static final int FILE_MODE = 0600;

  /** As it is called in messages. */
  String title() {
    return title(index);
  }

  static String title(int index) {
    return "file_sync[" + index + "]";
  }
}

package dev.banger.tar;

/**
 * One member of an archive, as its header says; nothing in it is to be trusted.
 *
 * @param name with {@code /} between its parts; may be anything
 * @param type {@code '0'} file, {@code '1'} hard link, {@code '2'} symbolic link, {@code '5'}
 *     directory; others are devices, pipes and what else tar knows
 * @param link where a link leads, else empty
 * @param size of the content, in bytes, 0 or more
 * @param mode permission bits
 * @param seconds time of the last change, in seconds since 1970
 */
public record TarEntry(String name, char type, String link, long size, int mode, long seconds) {
  public static final char FILE = '0';
  public static final char HARD_LINK = '1';
  public static final char SYMBOLIC_LINK = '2';
  public static final char DIRECTORY = '5';
}

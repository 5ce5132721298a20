package dev.banger.cli.report;

import dev.banger.client.Json;
import dev.banger.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/**
 * Files for somebody who is to find out what went wrong. A part that cannot be had is told of in
 * the file {@code problems.txt}; everything goes through {@link Redaction}.
 */
public final class Report {
  /** Looks a part up. */
  @FunctionalInterface
  public interface Source<T> {
    T get() throws Exception;
  }

  private static final String PROBLEMS = "problems.txt";

  /** The most of one file, in chars; of a longer one the end is kept. */
  private static final int LARGEST = 2 * 1024 * 1024;

  private final String title;
  private final Map<String, String> files = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();

  /**
   * @param title the directory that all files are in
   */
  public Report(String title) {
    this.title = title;
  }

  public void text(String name, Source<String> source) {
    try {
      put(name, Redaction.of(end(source.get())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      missing(name, e);
    } catch (Exception e) {
      missing(name, e);
    }
  }

  public void json(String name, Source<Json> source) {
    try {
      put(name, Redaction.of(source.get()) + "\n");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      missing(name, e);
    } catch (Exception e) {
      missing(name, e);
    }
  }

  private void missing(String name, Exception e) {
    problems.add(
        name + ": " + Redaction.of(e.getMessage() == null ? e.toString() : e.getMessage()));
  }

  private void put(String name, String content) {
    files.put(name, content);
  }

  private static String end(String text) {
    return text.length() <= LARGEST ? text : text.substring(text.length() - LARGEST);
  }

  /** What could not be had, a sentence each. */
  public List<String> problems() {
    return List.copyOf(problems);
  }

  /** The names of the files, in their order. */
  public List<String> names() {
    List<String> names = new ArrayList<>(files.keySet());
    if (!problems.isEmpty()) {
      names.add(PROBLEMS);
    }
    return names;
  }

  /**
   * Writes a gzipped tar that only its owner can read.
   *
   * @param seconds the time of its files, since 1970
   * @throws java.nio.file.FileAlreadyExistsException when there is something of that name
   */
  public void write(Path file, long seconds) throws IOException {
    // Fails on what is there already, without touching it.
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (OutputStream zipped = new GZIPOutputStream(Channels.newOutputStream(channel))) {
      write(new TarWriter(zipped), seconds);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  private void write(TarWriter tar, long seconds) throws IOException {
    tar.directory(title, 0700, seconds);
    for (String name : names()) {
      String content = name.equals(PROBLEMS) ? String.join("\n", problems) + "\n" : files.get(name);
      byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
      tar.file(title + "/" + name, new ByteArrayInputStream(bytes), bytes.length, 0600, seconds);
    }
    tar.finish();
  }
}

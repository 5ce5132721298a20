package dev.banger.agent;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The processes of a guest, and which sockets they hold. */
final class Processes {
  private static final int MOST = 32 * 1024;
  private static final int MOST_FILES = 64 * 1024;
  private static final long PATIENCE_MILLIS = 2_000;
  private static final int NAME = 64;
  private static final int COMMAND = 512;
  private static final String SOCKET = "socket:[";

  private final Path proc;

  /**
   * @param proc {@code /proc}; another in tests
   */
  Processes(Path proc) {
    this.proc = proc;
  }

  /** Who holds a socket. */
  record Owner(long pid, String name, String command) {
    static final Owner UNKNOWN = new Owner(0, "", "");
  }

  /** Where a process holds a socket: one of its open files. */
  record Holder(long pid, Path file) {}

  /** Who holds a socket, and where. */
  record Found(Owner owner, Path file) {}

  Path directory(String pid) {
    return proc.resolve(pid);
  }

  /** Their ids, lowest first; that of init last, which often holds sockets for others. */
  long[] all() {
    long[] pids = new long[64];
    int count = 0;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc)) {
      for (Path entry : entries) {
        long pid = number(entry.getFileName().toString());
        if (pid > 0 && count < MOST) {
          if (count == pids.length) {
            pids = Arrays.copyOf(pids, 2 * count);
          }
          pids[count] = pid == 1 ? Long.MAX_VALUE : pid;
          count++;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      Log.line("processes: " + e);
    }
    pids = Arrays.copyOf(pids, count);
    Arrays.sort(pids);
    if (count > 0 && pids[count - 1] == Long.MAX_VALUE) {
      pids[count - 1] = 1;
    }
    return pids;
  }

  /**
   * One process for each of these sockets, as far as they are found within a time: a process may
   * have any number of files.
   */
  Map<Long, Found> owners(Set<Long> inodes) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    Map<Long, Found> owners = new HashMap<>();
    for (long pid : all()) {
      if (owners.size() == inodes.size() || System.nanoTime() > end) {
        break;
      }
      look(pid, inodes, owners);
    }
    return owners;
  }

  /** What it is called now. */
  Owner owner(long pid) {
    Path process = directory(Long.toString(pid));
    return new Owner(
        pid, text(process.resolve("comm"), NAME), text(process.resolve("cmdline"), COMMAND));
  }

  /** Whether the socket is still what is open there. */
  static boolean holds(Holder holder, long inode) {
    Long found = socket(holder.file());
    return found != null && found == inode;
  }

  private void look(long pid, Set<Long> inodes, Map<Long, Found> owners) {
    Path process = directory(Long.toString(pid));
    Owner owner = null;
    int left = MOST_FILES;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path file : files) {
        left--;
        if (left < 0) {
          return;
        }
        Long inode = socket(file);
        if (inode != null && inodes.contains(inode) && !owners.containsKey(inode)) {
          if (owner == null) {
            owner = owner(pid);
          }
          owners.put(inode, new Found(owner, file));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // It has ended.
    }
  }

  private static Long socket(Path file) {
    try {
      String target = Files.readSymbolicLink(file).toString();
      if (target.startsWith(SOCKET) && target.endsWith("]")) {
        long inode = number(target.substring(SOCKET.length(), target.length() - 1));
        return inode < 0 ? null : (Long) inode;
      }
    } catch (IOException e) {
      // Closed since.
    }
    return null;
  }

  /** The beginning of a file; what would end or colour a line is a space. */
  private static String text(Path file, int limit) {
    byte[] bytes;
    try (InputStream in = new FileInputStream(file.toFile())) {
      bytes = in.readNBytes(4 * limit);
    } catch (IOException e) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    String all = new String(bytes, StandardCharsets.UTF_8);
    for (int i = 0; i < all.length() && text.length() < limit; i++) {
      char c = all.charAt(i);
      text.append(Character.isISOControl(c) || Character.isSurrogate(c) ? ' ' : c);
    }
    return text.toString().strip();
  }

  /** Negative when it is none. */
  private static long number(String text) {
    if (text.isEmpty() || text.length() > 18) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = 10 * number + digit;
    }
    return number;
  }
}

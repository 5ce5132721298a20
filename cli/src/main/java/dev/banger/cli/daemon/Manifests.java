package dev.banger.cli.daemon;

import dev.banger.cli.base.Failure;
import dev.banger.cli.term.Console;
import dev.banger.client.BangerClient;
import dev.banger.client.Directories;
import dev.banger.client.Json;
import dev.banger.client.MalformedJsonException;
import dev.banger.client.RpcException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * What the plugins add, as the daemon tells it; kept in the state directory, so that help and
 * completion need no daemon.
 */
public final class Manifests {
  private static final long MOST_CACHED = 4L * 1024 * 1024;

  private Manifests() {}

  /** From the running daemon; kept for later when its digest is new. */
  public static Json fetch(Console console, BangerClient client) {
    Json manifests = client.call("plugin.manifests", Json.build().done());
    String digest = manifests.text("digest");
    if (!digest.isEmpty() && !digest.equals(cached(console).text("digest"))) {
      keep(console, manifests);
    }
    return manifests;
  }

  /** {@link #fetch} after something changed; a failure is left to whoever asks next. */
  public static void refresh(Console console, BangerClient client) {
    try {
      fetch(console, client);
    } catch (RpcException e) {
      // The change itself is done. Whatever needs the manifests asks the running daemon first.
    }
  }

  /** From the daemon where it runs, else what it last told, else an empty value. */
  public static Json known(Console console) {
    try {
      Optional<BangerClient> running = Daemon.find(console);
      if (running.isPresent()) {
        try (BangerClient client = running.get()) {
          return fetch(console, client);
        }
      }
    } catch (RpcException | Failure e) {
      // Help is there all the same; whatever needs the daemon will tell what ails it.
    }
    return cached(console);
  }

  /** What the daemon last told, or {@link Json#NULL}. */
  public static Json cached(Console console) {
    Path file = file(console);
    try {
      if (Files.exists(file) && Files.size(file) <= MOST_CACHED) {
        return Json.parse(Files.readAllBytes(file));
      }
    } catch (MalformedJsonException e) {
      // A torn or foreign file is as good as none; the next answer of a daemon replaces it.
      return Json.NULL;
    } catch (IOException e) {
      return Json.NULL;
    }
    return Json.NULL;
  }

  private static void keep(Console console, Json manifests) {
    Path file = file(console);
    try {
      Files.createDirectories(file.getParent());
      Path fresh = Files.createTempFile(file.getParent(), "manifests", ".tmp");
      try {
        Files.write(fresh, manifests.toBytes());
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      // Only a cache.
    }
  }

  private static Path file(Console console) {
    return Directories.from(console.env()).state().resolve("cli/manifests.json");
  }
}

package dev.banger.plugin.workspace;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The configuration of a repository in a guest, written anew: of the source's only where its
 * remotes are, without credentials.
 */
final class Remotes {
  private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}]{1,200}");

  private final Map<String, String> urls = new TreeMap<>();
  private final Optional<String> promisor;

  private Remotes(Optional<String> promisor) {
    this.promisor = promisor;
  }

  static Remotes of(Git git, Source source) throws InterruptedException {
    Remotes remotes = new Remotes(promisor(git, source));
    String listing =
        git.ask(source.root(), "config", "--local", "--get-regexp", "^remote\\..*\\.url$")
            .orElse("");
    for (String line : listing.lines().toList()) {
      int value = line.indexOf(".url ");
      if (value > "remote.".length()) {
        String name = line.substring("remote.".length(), value);
        if (NAME.matcher(name).matches()) {
          RemoteUrl.withoutCredentials(line.substring(value + ".url ".length()))
              .ifPresent(url -> remotes.urls.putIfAbsent(name, url));
        }
      }
    }
    return remotes;
  }

  private static Optional<String> promisor(Git git, Source source) throws InterruptedException {
    Optional<String> extension =
        git.ask(source.root(), "config", "--local", "--get", "extensions.partialClone");
    return git.ask(source.root(), "config", "--local", "--get-regexp", "^remote\\..*\\.promisor$")
        .flatMap(text -> text.lines().findFirst())
        .map(line -> line.substring("remote.".length(), line.lastIndexOf(".promisor")))
        .or(() -> extension)
        .filter(name -> NAME.matcher(name).matches());
  }

  /** The remote that has what is missing in a partial clone. */
  Optional<String> promisor() {
    return promisor;
  }

  String config(String objectFormat) {
    boolean extended = promisor.isPresent() || !objectFormat.equals("sha1");
    StringBuilder text = new StringBuilder("[core]\n");
    text.append("\trepositoryformatversion = ").append(extended ? 1 : 0).append('\n');
    text.append("\tfilemode = true\n\tbare = false\n\tlogallrefupdates = true\n");
    if (extended) {
      text.append("[extensions]\n");
      if (!objectFormat.equals("sha1")) {
        text.append("\tobjectFormat = ").append(objectFormat).append('\n');
      }
      promisor.ifPresent(
          name -> text.append("\tpartialClone = ").append(quoted(name)).append('\n'));
    }
    urls.forEach(
        (name, url) -> {
          text.append("[remote ").append(quoted(name)).append("]\n");
          text.append("\turl = ").append(quoted(url)).append('\n');
          text.append("\tfetch = ");
          text.append(quoted("+refs/heads/*:refs/remotes/" + name + "/*")).append('\n');
          if (promisor.filter(name::equals).isPresent()) {
            text.append("\tpromisor = true\n");
          }
        });
    return text.toString();
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}

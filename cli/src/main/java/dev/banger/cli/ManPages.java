package dev.banger.cli;

import dev.banger.cli.base.BuildVersion;
import dev.banger.cli.base.Option;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Positional;
import dev.banger.cli.man.MarkdownPage;
import dev.banger.cli.man.Roff;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes what a package installs besides the program: the manual, from what {@code --help} is made
 * from, and the completion files. Run when packages are built: {@code ManPages DIR [CONFIG.md]}.
 */
public final class ManPages {
  private static final String[] SHORT_FORMS = {"run", "ls", "ssh", "rm"};

  private ManPages() {}

  public static void main(String[] args) throws IOException {
    if (args.length < 1 || args.length > 2) {
      System.err.println("usage: ManPages DIR [CONFIG.md]");
      System.exit(2);
    }
    Path dir = Path.of(args[0]);
    for (Map.Entry<String, String> page : pages().entrySet()) {
      write(dir.resolve("man/man1").resolve(page.getKey()), page.getValue());
    }
    if (args.length == 2) {
      write(
          dir.resolve("man/man5/banger-config.5"),
          MarkdownPage.of(
              "banger-config",
              5,
              BuildVersion.VERSION,
              "the configuration of banger",
              Files.readString(Path.of(args[1]))));
    }
    write(dir.resolve("bash-completion/completions/banger"), CompletionScript.script("bash"));
    write(dir.resolve("zsh/vendor-completions/_banger"), CompletionScript.script("zsh"));
    write(dir.resolve("fish/vendor_completions.d/banger.fish"), CompletionScript.script("fish"));
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /** The pages of section 1 by file name. */
  static Map<String, String> pages() {
    Map<String, String> pages = new TreeMap<>();
    pages.put("banger.1", all());
    for (String[] group : Catalog.groups()) {
      pages.put("banger-" + group[0] + ".1", group(group));
    }
    for (String path : Catalog.paths()) {
      pages.put(file(path), command(Catalog.describe(path)));
    }
    for (String word : SHORT_FORMS) {
      pages.put(file(word), ".so man1/" + file(Catalog.shortForm(word)) + "\n");
    }
    return pages;
  }

  private static String title(String path) {
    return "banger-" + path.replace(' ', '-');
  }

  private static String file(String path) {
    return title(path) + ".1";
  }

  private static Roff page(String title, String summary) {
    return new Roff(title, 1, BuildVersion.VERSION).name(title, summary);
  }

  private static String all() {
    Roff page = page("banger", "disposable virtual machines in seconds");
    page.section("SYNOPSIS").text("banger COMMAND [words] [options]");
    page.section("DESCRIPTION")
        .text("Makes virtual machines for you or your coding agent, runs commands in them, and")
        .text("removes them. A daemon does the work; any command that needs it starts it.")
        .paragraph("A VM is named by its name, its id, or any unique beginning of its id.");
    page.section("COMMANDS");
    for (String[] group : Catalog.groups()) {
      page.subsection("banger " + group[0] + ": " + group[1]);
      commands(page, group[0] + " ");
    }
    page.subsection("and");
    commands(page, "");
    page.subsection("in short");
    for (String word : SHORT_FORMS) {
      page.item(word, Catalog.shortForm(word));
    }
    page.paragraph("Plugins add more: banger --help lists theirs too.");
    page.section("EXIT STATUS");
    exitStatus().forEach(page::item);
    page.section("ENVIRONMENT");
    environment().forEach(page::item);
    page.section("FILES")
        .item("~/.config/banger/config.toml", "the configuration; it may be missing")
        .item("~/.local/share/banger", "images and VMs")
        .item("~/.local/state/banger", "the database and the daemon's log")
        .item(
            "$XDG_RUNTIME_DIR/banger/d.sock, /run/bangerd/d.sock",
            "where the daemon listens; the second is root's, where systemd has it");
    page.section("SEE ALSO").text("banger-vm-run(1), banger-vm(1), banger-config(5)");
    return page.toString();
  }

  private static Map<String, String> exitStatus() {
    Map<String, String> codes = new LinkedHashMap<>();
    codes.put("0", "done");
    codes.put("1", "the request failed; of several targets, at least one did");
    codes.put("2", "wrong words on the command line; nothing was done");
    codes.put("125", "of a command in a guest: banger failed, not the command");
    codes.put("126, 127", "the guest's command cannot be run, is not there");
    codes.put("130", "ended by Ctrl-C");
    codes.put("other", "the guest command's own");
    return codes;
  }

  private static Map<String, String> environment() {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("BANGER_HOME", "one folder for configuration, data, state and the socket");
    variables.put("BANGER_SOCKET", "the daemon's socket; at most 107 bytes long");
    variables.put(
        "XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME, XDG_RUNTIME_DIR",
        "where configuration, data, state and the socket are otherwise");
    variables.put("BANGER_DAEMON_BIN", "the daemon's program, instead of the one beside banger");
    variables.put("NO_COLOR", "no colours");
    return variables;
  }

  /** The commands whose paths begin so; those of one word where {@code beginning} is empty. */
  private static void commands(Roff page, String beginning) {
    for (String path : Catalog.paths()) {
      if (beginning.isEmpty() ? path.indexOf(' ') < 0 : path.startsWith(beginning)) {
        page.item(path, Catalog.describe(path).summary());
      }
    }
  }

  private static String group(String[] group) {
    Roff page = page(title(group[0]), group[1]);
    page.section("SYNOPSIS").text("banger " + group[0] + " COMMAND [words] [options]");
    page.section("COMMANDS");
    commands(page, group[0] + " ");
    List<String> others = new ArrayList<>(List.of("banger(1)"));
    for (String path : Catalog.paths()) {
      if (path.startsWith(group[0] + " ")) {
        others.add(title(path) + "(1)");
      }
    }
    page.section("SEE ALSO").text(String.join(", ", others));
    return page.toString();
  }

  /** One command, in the order of its help. */
  static String command(Options options) {
    Roff page = page(title(options.name()), options.summary());
    page.section("SYNOPSIS").text(options.synopsis());
    if (!options.description().isEmpty()) {
      page.section("DESCRIPTION").text(options.description());
    }
    if (!options.positionals().isEmpty() || options.commandSummary() != null) {
      page.section("ARGUMENTS");
      for (Positional positional : options.positionals()) {
        page.item(positional.label(), positional.summary());
      }
      if (options.commandSummary() != null) {
        page.item("COMMAND", options.commandSummary());
      }
    }
    page.section("OPTIONS");
    for (Option option : options.options()) {
      if (!Help.isCommon(option)) {
        option(page, option);
      }
    }
    for (Option option : options.options()) {
      if (Help.isCommon(option)) {
        option(page, option);
      }
    }
    if (!options.examples().isEmpty()) {
      page.section("EXAMPLES").verbatim(options.examples());
    }
    int space = options.name().indexOf(' ');
    page.section("SEE ALSO")
        .text(
            space < 0
                ? "banger(1)"
                : "banger(1), banger-" + options.name().substring(0, space) + "(1)");
    return page.toString();
  }

  private static void option(Roff page, Option option) {
    String names = String.join(", ", option.names());
    String text = option.summary() + (option.repeatable() ? " (repeatable)" : "");
    if (option.label() == null) {
      page.item(names, text);
    } else {
      page.item(names, option.label(), text);
    }
  }
}

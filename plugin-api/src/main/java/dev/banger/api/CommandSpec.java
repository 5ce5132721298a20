package dev.banger.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A command as data: the command line shows, checks and completes it without loading the plugin.
 * Immutable; made with {@link #builder}.
 */
public final class CommandSpec {
  private static final Pattern PATH = Pattern.compile("[a-z][a-z0-9-]*( [a-z][a-z0-9-]*){0,3}");
  private static final Pattern ROLE = Pattern.compile("[a-z][a-zA-Z]*(\\.[a-z][a-zA-Z]*)*");
  private static final Duration LONGEST = Duration.ofHours(1);

  private final String path;
  private final String summary;
  private final String description;
  private final List<String> examples;
  private final String role;
  private final Duration deadline;
  private final CommandMode mode;
  private final String liveFlag;
  private final boolean terminal;
  private final boolean hidden;
  private final List<ValueSpec> args;
  private final List<ValueSpec> options;
  private final List<Column> columns;

  private CommandSpec(Builder builder) {
    path = builder.path;
    summary = builder.summary;
    description = builder.description;
    examples = List.copyOf(builder.examples);
    role = builder.role;
    deadline = builder.deadline;
    mode = builder.mode;
    liveFlag = builder.liveFlag;
    terminal = builder.terminal;
    hidden = builder.hidden;
    args = List.copyOf(builder.args);
    options = List.copyOf(builder.options);
    columns = List.copyOf(builder.columns);
  }

  /**
   * @param path the words to type after {@code banger}, for example {@code vm workspace prepare}
   * @param summary one line, at most 100 characters
   */
  public static Builder builder(String path, String summary) {
    return new Builder(path, summary);
  }

  /** Whether it has the form of a {@link #role}: words in camel case with dots between. */
  public static boolean isRole(String name) {
    return ROLE.matcher(name).matches();
  }

  public String path() {
    return path;
  }

  public String summary() {
    return summary;
  }

  /** More than the summary says; may be empty. */
  public String description() {
    return description;
  }

  /** Whole lines to type. */
  public List<String> examples() {
    return examples;
  }

  /**
   * What the command does for other parts of banger that look it up by role instead of by name, for
   * example {@code vm.run.import}. One plugin at a time has a role.
   */
  public Optional<String> role() {
    return Optional.ofNullable(role);
  }

  /** How long the handler may take, in mode {@link CommandMode#ANSWER}. */
  public Duration deadline() {
    return deadline;
  }

  public CommandMode mode() {
    return mode;
  }

  /** The flag with which a command of mode {@link CommandMode#ANSWER} is one that sends rows. */
  public Optional<String> liveFlag() {
    return Optional.ofNullable(liveFlag);
  }

  /**
   * Whether the caller's terminal, where there is one, is put into raw mode for it; only in mode
   * {@link CommandMode#ATTACH}. Otherwise it is attached to pipes in any case.
   */
  public boolean takesTerminal() {
    return terminal;
  }

  /** Whether help and completion leave it out: an RPC method for programs. */
  public boolean isHidden() {
    return hidden;
  }

  /** Positional; those that may be missing come last. */
  public List<ValueSpec> args() {
    return args;
  }

  public List<ValueSpec> options() {
    return options;
  }

  /** The table for people; empty to show all fields. */
  public List<Column> columns() {
    return columns;
  }

  /** Collects a command's parts. */
  public static final class Builder {
    private final String path;
    private final String summary;
    private String description = "";
    private final List<String> examples = new ArrayList<>();
    private String role;
    private Duration deadline = Duration.ofMinutes(1);
    private CommandMode mode = CommandMode.ANSWER;
    private String liveFlag;
    private boolean terminal;
    private boolean hidden;
    private final List<ValueSpec> args = new ArrayList<>();
    private final List<ValueSpec> options = new ArrayList<>();
    private final List<Column> columns = new ArrayList<>();

    private Builder(String path, String summary) {
      this.path = path;
      this.summary = summary;
    }

    public Builder description(String text) {
      description = text;
      return this;
    }

    public Builder example(String line) {
      examples.add(line);
      return this;
    }

    public Builder role(String name) {
      role = name;
      return this;
    }

    /**
     * @param limit at least 1 ms, at most 1 h; 1 min when not said
     */
    public Builder deadline(Duration limit) {
      deadline = limit;
      return this;
    }

    /**
     * Sends rows as they come. Without a deadline of its own such a command runs until it returns
     * or the client goes away.
     */
    public Builder live() {
      mode = CommandMode.LIVE;
      return this;
    }

    /**
     * As {@link #live}, but only when this flag, one of its options, is given; else it answers.
     *
     * @param flag its name, without dashes
     */
    public Builder liveWith(String flag) {
      liveFlag = flag;
      return this;
    }

    /** Is attached to a terminal or to pipes. It has no deadline, like {@link #live}. */
    public Builder attach() {
      mode = CommandMode.ATTACH;
      terminal = true;
      return this;
    }

    /** As {@link #attach}, but always to pipes: Ctrl-C ends it, and lines are edited as ever. */
    public Builder attachPipes() {
      mode = CommandMode.ATTACH;
      terminal = false;
      return this;
    }

    /** Not in help and completion: an RPC method for programs. */
    public Builder hidden() {
      hidden = true;
      return this;
    }

    public Builder arg(ValueSpec value) {
      args.add(value);
      return this;
    }

    public Builder option(ValueSpec value) {
      options.add(value);
      return this;
    }

    public Builder column(String field, String header) {
      columns.add(new Column(field, header));
      return this;
    }

    public Builder column(Column column) {
      columns.add(column);
      return this;
    }

    /**
     * @throws IllegalArgumentException naming what is malformed
     */
    public CommandSpec build() {
      require(PATH.matcher(path).matches(), "is not a path of lower-case words");
      require(!summary.isBlank() && summary.length() <= 100, "needs a summary of 1 to 100 letters");
      require(role == null || isRole(role), "has a malformed role: " + role);
      require(
          deadline.toMillis() > 0 && deadline.compareTo(LONGEST) <= 0,
          "needs a deadline of at most 1 h, not " + deadline);
      Set<String> names = new HashSet<>();
      boolean mayBeMissing = false;
      boolean isAllTaken = false;
      for (ValueSpec arg : args) {
        require(
            !isAllTaken || arg.type() == ValueType.COMMAND,
            "has an argument after one that takes all: " + arg.name());
        isAllTaken |= arg.isMany();
        require(names.add(arg.name()), "has two values named " + arg.name());
        require(arg.type() != ValueType.FLAG, "has a flag among its arguments: " + arg.name());
        require(
            !(mayBeMissing && arg.isRequired() && arg.type() != ValueType.COMMAND),
            "has a required argument after an optional one: " + arg.name());
        mayBeMissing = !arg.isRequired();
      }
      require(
          liveFlag == null || (mode == CommandMode.ANSWER && hasFlag(liveFlag)),
          "has no flag to be live with: " + liveFlag);
      Set<String> letters = new HashSet<>();
      for (ValueSpec option : options) {
        require(
            option.letter().isEmpty() || letters.add(option.letter().get()),
            "has two options that go by -" + option.letter().orElse(""));
        require(names.add(option.name()), "has two values named " + option.name());
        require(
            option.type() != ValueType.COMMAND,
            "has a command among its options: " + option.name());
      }
      return new CommandSpec(this);
    }

    private boolean hasFlag(String name) {
      return options.stream()
          .anyMatch(option -> option.name().equals(name) && option.type() == ValueType.FLAG);
    }

    private void require(boolean fine, String problem) {
      if (!fine) {
        throw new IllegalArgumentException("command \"" + path + "\" " + problem);
      }
    }
  }
}

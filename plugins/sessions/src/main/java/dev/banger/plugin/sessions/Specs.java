package dev.banger.plugin.sessions;

import dev.banger.api.CommandSpec;
import dev.banger.api.ValueSpec;
import dev.banger.api.ValueType;
import java.time.Duration;

/** The commands as they are typed. */
final class Specs {
  private static final ValueSpec VM =
      ValueSpec.required("vm", ValueType.VM, "the VM; it must be running");
  private static final ValueSpec SESSION =
      ValueSpec.required("session", ValueType.TEXT, "the session's name");
  private static final ValueSpec SINCE =
      ValueSpec.optional("since", ValueType.TEXT, "from this cursor on: OUT.ERR, start or now");

  static final CommandSpec START =
      CommandSpec.builder("vm session start", "Start a command that goes on by itself")
          .description(
              "The session belongs to the guest: it goes on when you hang up, when the daemon or the"
                  + " guest's agent dies, and ends by itself, by stop or kill, or with the VM. With"
                  + " --tty it has a terminal; else three pipes, byte for byte. What it writes is"
                  + " kept: the last --keep of each stream.")
          .example("banger vm session start web --name dev -- npm start")
          .example("banger vm session start web --tty -- bash")
          .example("banger vm session start web --name agent --when-full wait -- my-agent --stdio")
          .role("vm.session.start")
          .arg(VM)
          .arg(ValueSpec.required("command", ValueType.COMMAND, "what to run, not through a shell"))
          .option(
              ValueSpec.optional(
                  "name",
                  ValueType.TEXT,
                  "lower-case letters, digits, hyphens; else the program's"))
          .option(
              ValueSpec.optional(
                  "cwd",
                  ValueType.TEXT,
                  "where in the guest; else /root/repo, or /root without it"))
          .option(ValueSpec.optional("env", ValueType.TEXT, "KEY=VALUE for it").many())
          .option(ValueSpec.flag("tty", "give it a terminal").orLetter('t'))
          .option(ValueSpec.flag("pipe", "give it pipes, as without --tty"))
          .option(
              ValueSpec.optional("keep", ValueType.TEXT, "how much of each stream of output")
                  .orElse("16MiB"))
          .option(
              ValueSpec.optional(
                      "when-full",
                      ValueType.TEXT,
                      "drop the oldest output, or let it wait for a reader")
                  .oneOf("drop", "wait")
                  .orElse("drop"))
          .option(ValueSpec.flag("replace", "forget an ended session of that name first"))
          .build();

  static final CommandSpec LIST =
      CommandSpec.builder("vm session list", "List the sessions in a VM, running and ended")
          .example("banger vm session list web")
          .role("vm.session.list")
          .arg(VM)
          .column("name", "NAME")
          .column("state", "STATE")
          .column("mode", "MODE")
          .column("pid", "PID")
          .column("startedAt", "STARTED")
          .column("how", "END")
          .column("commandLine", "COMMAND")
          .build();

  static final CommandSpec SHOW =
      CommandSpec.builder("vm session show", "Show all that is known of a session")
          .example("banger vm session show web dev -o json")
          .role("vm.session.show")
          .arg(VM)
          .arg(SESSION)
          .build();

  static final CommandSpec LOGS =
      CommandSpec.builder("vm session logs", "Print what a session has written")
          .description(
              "Standard output and standard error go where they belong. A cursor counts the bytes of"
                  + " both; --print-cursor tells where to go on, on standard error, at the end.")
          .example("banger vm session logs web dev -f")
          .example("banger vm session logs web dev --since 4096.0 --print-cursor")
          .role("vm.session.logs")
          .attachPipes()
          .arg(VM)
          .arg(SESSION)
          .option(SINCE)
          .option(
              ValueSpec.optional("tail", ValueType.INTEGER, "only the last so many bytes of each"))
          .option(ValueSpec.flag("follow", "go on until it ends").orLetter('f'))
          .option(ValueSpec.flag("print-cursor", "tell where to go on"))
          .build();

  static final CommandSpec ATTACH =
      CommandSpec.builder(
              "vm session attach", "Join a session: what it writes here, what is typed there")
          .description(
              "At a terminal, ctrl-p ctrl-q leaves and the session goes on. In pipes every byte goes"
                  + " through as it is, the end of input too, the session waits while its output is"
                  + " not read, and output that was dropped before is a failure. Exit code: the session's own; 0 when left. Several may look at"
                  + " once; several may type into a terminal, one into pipes.")
          .example("banger vm session attach web dev")
          .example("banger vm session attach web agent --pipe --since start < requests.jsonl")
          .role("vm.session.attach")
          .attach()
          .arg(VM)
          .arg(SESSION)
          .option(SINCE)
          .option(ValueSpec.flag("pipe", "insist on a session on pipes"))
          .option(
              ValueSpec.optional(
                  "input-from",
                  ValueType.INTEGER,
                  "where in its input this begins: what it has already is skipped"))
          .option(ValueSpec.flag("read-only", "only look"))
          .option(ValueSpec.flag("shared", "type beside others, also into pipes"))
          .option(ValueSpec.flag("alone", "nobody else types meanwhile, also into a terminal"))
          .build();

  static final CommandSpec SEND =
      CommandSpec.builder("vm session send", "Send text, or standard input, to a session")
          .example("banger vm session send web dev rs --enter")
          .example("banger vm session send web agent --eof < request.json")
          .role("vm.session.send")
          .attachPipes()
          .arg(VM)
          .arg(SESSION)
          .arg(
              ValueSpec.optional("text", ValueType.TEXT, "what to send; without it standard input"))
          .option(ValueSpec.flag("enter", "and a line's end after it"))
          .option(ValueSpec.flag("eof", "and the end of its input after that"))
          .build();

  static final CommandSpec STOP =
      CommandSpec.builder("vm session stop", "End a session: TERM, a while, then KILL")
          .example("banger vm session stop web dev --grace 30s")
          .role("vm.session.stop")
          .deadline(Duration.ofMinutes(15))
          .arg(VM)
          .arg(SESSION)
          .option(
              ValueSpec.optional("grace", ValueType.TEXT, "how long it may take after TERM")
                  .orElse("10s"))
          .build();

  static final CommandSpec KILL =
      CommandSpec.builder("vm session kill", "Send a signal to a session, KILL if not said")
          .example("banger vm session kill web dev")
          .example("banger vm session kill web dev --signal HUP")
          .role("vm.session.kill")
          .arg(VM)
          .arg(SESSION)
          .option(
              ValueSpec.optional("signal", ValueType.TEXT, "a name such as HUP, or a number")
                  .orElse("KILL"))
          .build();

  static final CommandSpec REMOVE =
      CommandSpec.builder("vm session rm", "Forget sessions that have ended, and what they wrote")
          .example("banger vm session rm web dev")
          .example("banger vm session rm web --ended")
          .role("vm.session.remove")
          .arg(VM)
          .arg(ValueSpec.optional("session", ValueType.TEXT, "the session's name"))
          .option(ValueSpec.flag("ended", "all that have ended"))
          .build();

  private Specs() {}
}

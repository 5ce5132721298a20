package dev.banger.plugin.workspace;

import dev.banger.api.CommandCall;
import dev.banger.api.CommandResult;
import dev.banger.api.VmView;
import dev.banger.tar.TarWriter;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One import, from reading the repository to remembering what was put where. */
final class Transfer {
  /** In bytes: packing less takes seconds, and little room for as long. */
  static final long LARGE = 256L << 20;

  private static final String READ = "read_repository";
  private static final String COPY = "copy_to_guest";

  private final CommandCall call;
  private final VmView vm;
  private final Destination destination;
  private final long large;

  Transfer(CommandCall call, VmView vm, Destination destination) {
    this(call, vm, destination, LARGE);
  }

  /**
   * @param large see {@link Shipment}
   */
  Transfer(CommandCall call, VmView vm, Destination destination, long large) {
    this.call = call;
    this.vm = vm;
    this.destination = destination;
    this.large = large;
  }

  CommandResult run() throws Exception {
    Stagings.clear(call.context(), vm);
    try (Scratch scratch = Scratch.make(call.context())) {
      call.progress().started(READ);
      Git git = Git.in(call.host(), scratch.dir());
      Source source = Source.at(git, call.path("path"));
      destination.requireFree();
      Mode mode = Mode.of(call.text("mode"));
      Shipment shipment = new Shipment(call.host(), git, scratch.dir(), large, destination::hasGit);
      shipment.load(source, mode, call.flag("include-uncommitted"));
      call.progress().done(READ, source.where());
      Tally tally = send(shipment);
      keep(shipment.cargos().getFirst(), mode);
      return result(source, tally, shipment.remarks());
    }
  }

  private Tally send(Shipment shipment) throws Exception {
    call.progress().started(COPY);
    Meter meter = new Meter(call.progress(), COPY, System::nanoTime);
    destination.fill(
        out -> write(shipment, meter.counting(out)),
        directory -> {
          for (Cargo cargo : shipment.cargos()) {
            if (cargo.skeleton().pack().isEmpty()) {
              stream(cargo, directory + "/" + name(cargo.prefix()) + ".git", meter);
            }
          }
        });
    for (String remark : shipment.remarks()) {
      call.progress().note(COPY, remark);
    }
    long files = shipment.cargos().stream().mapToLong(Cargo::files).sum();
    call.progress().done(COPY, destination.path());
    return new Tally(files, meter.bytes());
  }

  /** A submodule may be called anything; commands for guests are text. */
  private static String name(String prefix) {
    return Names.text(prefix);
  }

  private static void write(Shipment shipment, OutputStream out) throws Exception {
    OutputStream buffered = new BufferedOutputStream(out, 64 * 1024);
    TarWriter tar = new TarWriter(buffered, StandardCharsets.ISO_8859_1);
    for (Cargo cargo : shipment.cargos()) {
      cargo.write(tar);
    }
    tar.finish();
  }

  private void stream(Cargo cargo, String repository, Meter meter) throws Exception {
    History history = cargo.skeleton().history();
    try (Running packing = Running.of(call.host(), history.stream(), "pack-objects")) {
      try {
        destination.index(repository, meter.counting(packing.out()), history.isPartial());
      } finally {
        packing.insist();
      }
    }
  }

  private void keep(Cargo cargo, Mode mode) throws Exception {
    Source source = cargo.window().source();
    cargo.window().clear();
    Baseline.keep(call.context(), vm, destination.path(), cargo.window().dir());
    Imports.remember(
        call.context(),
        vm,
        new Imported(
            destination.path(),
            source.root().toString(),
            source.head(),
            source.branch(),
            cargo.snapshot().tree(),
            mode.name().toLowerCase(Locale.ROOT),
            Instant.now()));
  }

  private CommandResult result(Source source, Tally tally, List<String> remarks) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("dest", destination.path());
    fields.put("files", tally.files());
    fields.put("bytes", tally.bytes());
    fields.put("branch", source.branch().orElse(""));
    fields.put("commit", source.head());
    fields.put("remarks", List.copyOf(remarks));
    fields.put("message", tally.words() + ", " + source.where());
    return CommandResult.object(fields);
  }
}

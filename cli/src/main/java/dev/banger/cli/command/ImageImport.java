package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Operations;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Parsed;
import dev.banger.cli.base.Quantities;
import dev.banger.cli.base.Stages;
import dev.banger.client.Json;
import java.util.List;

/** {@code banger image import}. */
public final class ImageImport implements Command {
  @Override
  public void describe(Options options) {
    options
        .summary("make an image: debian from your package sources, or tiny for tests")
        .description(
            "With -o json: a line for each stage, then {\"result\":IMAGE} or {\"error\":...}.")
        .positional("KIND", List.of("debian", "tiny"), "debian or tiny")
        .value("--name", "NAME", "what to call it (default: its kind)")
        .value("--suite", "SUITE", "Debian release, for example bookworm")
        .repeat("--package", "PACKAGE", "one more Debian package")
        .value("--mirror", "URL", "where Debian packages come from")
        .example("banger image import debian")
        .example("banger image import debian --name build --package make --package gcc")
        .example("banger image import tiny");
  }

  @Override
  public int run(Invocation call) {
    Parsed parsed = call.parsed();
    Json.Builder params = Json.build().put("kind", parsed.argument(0));
    for (String name : List.of("name", "suite", "mirror")) {
      String value = parsed.value("--" + name);
      if (value != null) {
        params.put(name, value);
      }
    }
    if (!parsed.values("--package").isEmpty()) {
      params.put("packages", Json.strings(parsed.values("--package")));
    }
    Json image = Operations.run(call, "image.import", params.done(), Stages.streamed(call), true);
    if (call.isJson()) {
      call.print(Json.build().put("result", image).done());
    } else if (call.isQuiet()) {
      call.say(image.text("name"));
    } else {
      call.say(
          "image  "
              + image.text("name")
              + "  "
              + Quantities.mib(image.get("sizeMiB").number(0))
              + "  "
              + image.text("description"));
    }
    return 0;
  }
}

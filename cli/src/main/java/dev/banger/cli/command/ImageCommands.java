package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Quantities;
import dev.banger.cli.term.Table;
import dev.banger.client.Json;
import java.util.List;

/** {@code banger image list|show|delete}. */
public final class ImageCommands implements Command {
  private final String verb;

  public ImageCommands(String verb) {
    this.verb = verb;
  }

  @Override
  public void describe(Options options) {
    switch (verb) {
      case "list" -> options.summary("what VMs can boot from").example("banger image list");
      case "show" ->
          options
              .summary("all there is to know about an image")
              .positional("NAME", "image", 1, 1, "the image")
              .example("banger image show debian");
      default ->
          options
              .summary("remove an image that no VM uses")
              .positional("NAME", "image", 1, 1, "the image")
              .example("banger image delete old-debian");
    }
  }

  @Override
  public int run(Invocation call) {
    if (verb.equals("list")) {
      list(call);
      return 0;
    }
    Json params = Json.build().put("name", call.parsed().argument(0)).done();
    Json image = call.call("image." + verb, params);
    if (call.isJson()) {
      call.print(image);
    } else if (call.isQuiet()) {
      call.say(call.parsed().argument(0));
    } else if (verb.equals("show")) {
      Show.fields(call, image);
    } else {
      call.say(call.parsed().argument(0) + "  deleted");
    }
    return 0;
  }

  private static void list(Invocation call) {
    Json answer = call.call("image.list", Json.build().done());
    List<Json> images = answer.elements();
    if (call.isJson()) {
      call.print(answer);
    } else if (call.isQuiet()) {
      call.ids(images, "name");
    } else if (images.isEmpty()) {
      call.note("no images; banger image import debian makes one");
    } else {
      Table table = new Table("NAME", "SIZE", "DISK", "KERNEL", "VMS", "DESCRIPTION");
      for (Json image : images) {
        table.row(
            image.text("name"),
            Quantities.mib(image.get("sizeMiB").number(0)),
            Quantities.mib(image.get("diskMiB").number(0)),
            image.text("kernel"),
            image.get("vms").isArray()
                ? Integer.toString(image.get("vms").elements().size())
                : image.text("vms"),
            image.text("description"));
      }
      table.print(call.out());
    }
  }
}

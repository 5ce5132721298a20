package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Quantities;
import dev.banger.cli.term.Table;
import dev.banger.client.Json;
import java.util.List;

/** {@code banger image list|show|delete}. */
public final class ImageCommands implements Command, Each.One {
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
              .summary("all there is to know about images")
              .positional("NAME", "image", 1, Integer.MAX_VALUE, "the images")
              .example("banger image show debian");
      default ->
          options
              .summary("remove images that no VM uses")
              .positional("NAME", "image", 1, Integer.MAX_VALUE, "the images")
              .example("banger image delete old-debian");
    }
  }

  @Override
  public int run(Invocation call) {
    if (verb.equals("list")) {
      list(call);
      return 0;
    }
    return Each.of(call, "name", this);
  }

  @Override
  public Json ask(Invocation call, String name) {
    return call.call("image." + verb, Json.build().put("name", name).done());
  }

  @Override
  public void show(Invocation call, String name, Json image, boolean isFirst) {
    if (call.isQuiet()) {
      call.say(name);
    } else if (verb.equals("show")) {
      if (!isFirst) {
        call.out().println();
      }
      Show.fields(call, image);
    } else {
      call.say(name + "  deleted");
    }
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

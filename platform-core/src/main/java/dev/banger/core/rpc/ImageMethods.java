package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.core.image.ImageRegistry;
import dev.banger.core.lifecycle.Operation;
import dev.banger.core.lifecycle.Operations;
import dev.banger.core.lifecycle.VmService;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import dev.banger.core.model.VmRecord;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The {@code image.*} methods. */
public final class ImageMethods {
  private final ImageRegistry images;
  private final ImageImports imports;
  private final VmService vms;
  private final Operations operations;

  public ImageMethods(
      ImageRegistry images, ImageImports imports, VmService vms, Operations operations) {
    this.images = images;
    this.imports = imports;
    this.vms = vms;
    this.operations = operations;
  }

  public void register(Map<String, RpcMethod> methods) {
    methods.put("image.list", this::list);
    methods.put("image.show", call -> toJson(images.get(call.params().text("name")), true));
    methods.put("image.delete", this::delete);
    methods.put("image.import", this::importImage);
  }

  private Json list(RpcCall call) {
    ImageRegistry.Listing listing = images.listing();
    listing
        .broken()
        .forEach(
            broken ->
                call.warning(
                    "image \"%s\" cannot be used: %s".formatted(broken.name(), broken.reason())));
    return Json.array(listing.images().stream().map(image -> toJson(image, false)).toList());
  }

  private Json delete(RpcCall call) {
    String name = call.params().text("name");
    images.delete(name, usedBy(name));
    return Json.build().put("name", name).put("deleted", true).done();
  }

  private List<String> usedBy(String image) {
    return vms.list().stream()
        .filter(vm -> vm.spec().image().equals(image))
        .map(VmRecord::name)
        .toList();
  }

  private Json importImage(RpcCall call) throws InterruptedException {
    String kind = call.params().text("kind");
    ImageImports.Importer importer = imports.byKind().get(kind);
    if (importer == null) {
      throw new BangerException(
          ErrorKind.INVALID,
          "cannot import \"%s\"".formatted(kind),
          "one of: " + String.join(", ", new TreeSet<>(imports.byKind().keySet())));
    }
    Operation operation =
        operations.begin("image.import", "", op -> importer.run(call.params(), op));
    new StageFeed(call).follow(List.of(operation));
    return toJson((Image) VmMethods.joined(operation), true);
  }

  private Json toJson(Image image, boolean withPaths) {
    Json.Builder json =
        Json.build()
            .put("name", image.name())
            .put("kernel", image.kernelVersion())
            .put("diskMiB", image.diskMiB())
            .put("sizeMiB", images.sizeMiB(image.name()))
            .put("description", image.description())
            .put("createdAt", image.createdAt().truncatedTo(ChronoUnit.SECONDS).toString())
            .put("vms", Json.strings(usedBy(image.name())));
    if (withPaths) {
      json.put(
          "paths",
          Json.build()
              .put("kernel", image.kernel().toString())
              .put("initrd", image.initrd().toString())
              .put("rootfs", image.rootfs().toString())
              .done());
    }
    return json.done();
  }
}

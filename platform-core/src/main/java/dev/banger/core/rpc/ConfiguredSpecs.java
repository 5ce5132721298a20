package dev.banger.core.rpc;

import dev.banger.core.config.Config;
import dev.banger.core.config.HostLimits;
import dev.banger.core.config.Names;
import dev.banger.core.config.SpecChange;
import dev.banger.core.config.SpecRules;
import dev.banger.core.lifecycle.CreateRequest;
import dev.banger.core.lifecycle.ImageCatalog;
import dev.banger.core.lifecycle.VmService;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmSpec;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** {@link SpecSource} with the configuration's defaults and rules. */
public final class ConfiguredSpecs implements SpecSource {
  private final Config config;
  private final ImageCatalog images;
  private final VmService vms;
  private final Names names = new Names();
  private final SpecRules rules;

  public ConfiguredSpecs(Config config, ImageCatalog images, VmService vms) {
    this.config = config;
    this.images = images;
    this.vms = vms;
    this.rules = new SpecRules(config.vm(), HostLimits.ofThisHost());
  }

  @Override
  public CreateRequest request(Params params) {
    String imageName = params.optionalText("image").orElse(config.image());
    Optional<Image> image = Optional.empty();
    BangerException missing = null;
    try {
      image = Optional.of(images.get(imageName));
    } catch (BangerException e) {
      // What is wrong with the request itself comes first: it is quicker to mend than an image.
      missing = e;
    }
    long imageDiskMiB = image.map(Image::diskMiB).orElse(0L);
    VmSpec spec =
        new VmSpec(
            params.optionalText("name").orElseGet(this::freshName),
            imageName,
            params.integer("cpus").orElse(config.vm().cpus()),
            params.integer("memoryMiB").orElse(config.vm().memoryMiB()),
            params.number("diskMiB").orElse(Math.max(imageDiskMiB, config.vm().diskMiB())),
            params.number("workDiskMiB").orElse(config.vm().workDiskMiB()),
            params.flag("nat", true),
            params.optionalText("driver").orElse(config.driver()),
            params.map("labels"));
    rules.insist(spec, imageDiskMiB);
    if (missing != null) {
      throw missing;
    }
    return new CreateRequest(
        spec,
        params.flag("start", true),
        params.flag("keepFailed", false),
        params.millis("timeoutMs").orElse(config.startTimeout()));
  }

  @Override
  public UnaryOperator<VmSpec> change(Params params) {
    SpecChange change =
        new SpecChange(
            params.integer("cpus"),
            params.integer("memoryMiB"),
            params.number("workDiskMiB"),
            params.optionalFlag("nat"),
            params.map("setLabels"),
            Set.copyOf(params.texts("unsetLabels")));
    if (change.isEmpty()) {
      throw new BangerException(
          ErrorKind.INVALID,
          "nothing to set",
          "one or more of: --cpus, --memory, --work-disk, --nat, --no-nat, --label, --unlabel");
    }
    return now -> rules.changed(now, change);
  }

  private String freshName() {
    return names.generate(vms.list().stream().map(VmRecord::name).toList());
  }
}

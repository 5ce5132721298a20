package dev.banger.core.doctor;

import dev.banger.core.config.Config;
import dev.banger.core.config.ConfigLoader;
import dev.banger.core.model.BangerException;
import java.nio.file.Files;

/** The configuration as it is on disk now, which the daemon may not have read yet. */
record ConfigCheck(ConfigLoader loader) implements DoctorCheck {
  @Override
  public String id() {
    return "config";
  }

  @Override
  public Result run() {
    Config config;
    try {
      config = loader.load();
    } catch (BangerException e) {
      String first = e.details().isEmpty() ? "" : ", the first: " + e.details().getFirst();
      return Result.fail(e.getMessage() + first, e.hint());
    }
    if (!config.warnings().isEmpty()) {
      return Result.warn(String.join("; ", config.warnings()), "banger config path");
    }
    return Result.ok(
        Files.exists(loader.file()) ? loader.file().toString() : "all defaults, no file");
  }
}

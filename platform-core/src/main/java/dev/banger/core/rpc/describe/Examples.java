package dev.banger.core.rpc.describe;

import dev.banger.client.Json;
import java.util.List;

/** What the examples of several methods have in common. */
final class Examples {
  private Examples() {}

  static Json vm() {
    return Json.build()
        .put("id", "3f9a1c2d4e5f")
        .put("name", "web")
        .put("state", "running")
        .put("image", "debian")
        .put("cpus", 2)
        .put("memoryMiB", 1024)
        .put("diskMiB", 8192)
        .put("workDiskMiB", 4096)
        .put("nat", true)
        .put("driver", "qemu")
        .put("accel", "kvm")
        .put("ip", "172.30.0.2")
        .put("dnsName", "web.vm")
        .put("createdAt", "2026-01-01T00:00:00Z")
        .put("startedAt", "2026-01-01T00:00:01.250Z")
        .put("degraded", Json.array(List.of()))
        .put("labels", Json.build().put("team", "shop").done())
        .done();
  }

  static Json notFound(String ref) {
    return Json.build()
        .put("ref", ref)
        .put("ok", false)
        .put(
            "error",
            Json.build()
                .put("kind", "notFound")
                .put("message", "no VM is called \"" + ref + "\"")
                .put("hint", "banger vm list")
                .put("details", Json.array(List.of()))
                .done())
        .done();
  }
}

package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.core.doctor.Doctor;
import dev.banger.core.doctor.Finding;
import dev.banger.core.plugins.CheckReport;
import dev.banger.core.plugins.PluginRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The method {@code doctor.run}: the core's checks and the plugins'. */
public final class DoctorMethods {
  private final Doctor doctor;
  private final PluginRuntime plugins;

  public DoctorMethods(Doctor doctor, PluginRuntime plugins) {
    this.doctor = doctor;
    this.plugins = plugins;
  }

  public void register(Map<String, RpcMethod> methods) {
    methods.put("doctor.run", _ -> run());
  }

  private Json run() throws InterruptedException {
    List<Json> findings = new ArrayList<>();
    for (Finding finding : doctor.run()) {
      findings.add(
          toJson(
              finding.id(),
              finding.source(),
              finding.status().name().toLowerCase(Locale.ROOT),
              finding.summary(),
              finding.remedy()));
    }
    for (CheckReport report : plugins.doctorChecks()) {
      findings.add(
          toJson(report.id(), report.source(), report.status(), report.summary(), report.remedy()));
    }
    return Json.array(findings);
  }

  private static Json toJson(
      String id, String source, String status, String summary, String remedy) {
    return Json.build()
        .put("id", id)
        .put("source", source)
        .put("status", status)
        .put("summary", summary)
        .put("remedy", remedy)
        .done();
  }
}

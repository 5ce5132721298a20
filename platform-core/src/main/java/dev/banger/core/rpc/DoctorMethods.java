package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.core.doctor.Doctor;
import dev.banger.core.doctor.Finding;
import dev.banger.core.plugins.CheckReport;
import dev.banger.core.plugins.PluginRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The method {@code doctor.run}: the core's checks and the plugins', and what plugins do about
 * theirs.
 */
public final class DoctorMethods {
  private final Doctor doctor;
  private final PluginRuntime plugins;

  public DoctorMethods(Doctor doctor, PluginRuntime plugins) {
    this.doctor = doctor;
    this.plugins = plugins;
  }

  public void register(Map<String, RpcMethod> methods) {
    methods.put("doctor.run", call -> run(call.params().flag("fix", false)));
  }

  private Json run(boolean fix) throws InterruptedException {
    List<Json> findings = new ArrayList<>();
    for (Finding finding : fix ? doctor.fix() : doctor.run()) {
      findings.add(
          toJson(
              new CheckReport(
                  finding.id(),
                  finding.source(),
                  finding.status().wireName(),
                  finding.summary(),
                  finding.remedy(),
                  finding.fixed()),
              fix));
    }
    for (CheckReport report : plugins.doctorChecks(fix)) {
      findings.add(toJson(report, fix));
    }
    return Json.array(findings);
  }

  private static Json toJson(CheckReport report, boolean fix) {
    Json.Builder json =
        Json.build()
            .put("id", report.id())
            .put("source", report.source())
            .put("status", report.status())
            .put("summary", report.summary())
            .put("remedy", report.remedy());
    return fix ? json.put("fixed", report.fixed()).done() : json.done();
  }
}

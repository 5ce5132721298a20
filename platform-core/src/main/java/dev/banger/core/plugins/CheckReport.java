package dev.banger.core.plugins;

/**
 * What a doctor check found.
 *
 * @param source id of the plugin
 * @param status {@code ok}, {@code warn} or {@code fail}
 * @param remedy what to do; empty when all is well
 * @param fixed what was done about it before this was found; empty when nothing was
 */
public record CheckReport(
    String id, String source, String status, String summary, String remedy, String fixed) {
  public CheckReport(String id, String source, String status, String summary, String remedy) {
    this(id, source, status, summary, remedy, "");
  }
}

package dev.banger.cli.command;

import dev.banger.cli.base.Invocation;
import dev.banger.cli.term.Hyperlinks;
import dev.banger.cli.term.Table;
import dev.banger.client.Json;
import java.util.ArrayList;
import java.util.List;

/** What a plugin's command answers, in the columns of its manifest. */
final class PluginTable {
  private final List<Json> columns;

  PluginTable(List<Json> columns) {
    this.columns = columns;
  }

  void print(Invocation call, List<Json> rows) {
    List<Json> shown = shown(rows);
    boolean linked = Hyperlinks.areShown(call.console());
    String[] headers = new String[shown.size()];
    for (int i = 0; i < headers.length; i++) {
      headers[i] = shown.get(i).text("header");
    }
    Table table = new Table(headers);
    for (Json row : rows) {
      String[] cells = new String[headers.length];
      String[] links = new String[headers.length];
      for (int i = 0; i < cells.length; i++) {
        cells[i] = cell(row, shown.get(i));
        links[i] = linked ? row.text(shown.get(i).text("link")) : "";
      }
      table.linked(links, cells);
    }
    table.print(call.out());
  }

  private List<Json> shown(List<Json> rows) {
    List<Json> shown = new ArrayList<>();
    for (Json column : columns) {
      boolean isShown = !column.get("sparse").truth(false);
      for (int i = 0; i < rows.size() && !isShown; i++) {
        isShown = !cell(rows.get(i), column).isEmpty();
      }
      if (isShown) {
        shown.add(column);
      }
    }
    return shown;
  }

  private static String cell(Json row, Json column) {
    return Show.cell(row.get(column.text("field")));
  }
}

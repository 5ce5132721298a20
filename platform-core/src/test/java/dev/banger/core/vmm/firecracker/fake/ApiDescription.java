package dev.banger.core.vmm.firecracker.fake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Firecracker's API description (Swagger 2.0), and requests held against it. Fields that it does
 * not name are refused, as Firecracker does, and so are fields that came after the version played.
 * In two places this is stricter than version 1.16.1, which takes any guest CID, and unknown fields
 * of the metrics.
 */
final class ApiDescription {
  private final Map<?, ?> paths;
  private final Map<?, ?> definitions;
  private final Version version;

  ApiDescription(Map<?, ?> document, Version version) {
    this.paths = (Map<?, ?>) document.get("paths");
    this.definitions = (Map<?, ?>) document.get("definitions");
    this.version = version;
  }

  static ApiDescription read(Path json, Version version) throws IOException {
    return new ApiDescription((Map<?, ?>) Json.read(Files.readAllBytes(json)), version);
  }

  /**
   * @param template for example {@code /drives/{drive_id}}
   * @param id what stands in the template's braces; empty when it has none
   */
  record Operation(String method, String template, String id, Map<?, ?> description) {}

  Optional<Operation> find(String method, String path) {
    String verb = method.toLowerCase(Locale.ROOT);
    for (Map.Entry<?, ?> entry : paths.entrySet()) {
      String template = (String) entry.getKey();
      int brace = template.indexOf('{');
      boolean fits =
          brace < 0
              ? template.equals(path)
              : path.startsWith(template.substring(0, brace)) && path.indexOf('/', brace) < 0;
      if (fits
          && version.knows(template)
          && ((Map<?, ?>) entry.getValue()).get(verb) instanceof Map<?, ?> description) {
        return Optional.of(
            new Operation(method, template, brace < 0 ? "" : path.substring(brace), description));
      }
    }
    return Optional.empty();
  }

  /** Throws when the body is not what the description says of this operation. */
  void check(Operation operation, Object value, byte[] body) throws Refused {
    if (!(operation.description().get("parameters") instanceof List<?> parameters)) {
      return;
    }
    for (Object parameter : parameters) {
      Map<?, ?> one = (Map<?, ?>) parameter;
      if ("body".equals(one.get("in"))) {
        // One definition serves both methods, though PATCH needs none of the fields.
        boolean whole =
            !(operation.method().equals("PATCH") && operation.template().equals("/machine-config"));
        new Check(body).value((Map<?, ?>) one.get("schema"), value, whole);
      }
    }
  }

  private final class Check {
    private final byte[] body;

    Check(byte[] body) {
      this.body = body;
    }

    void value(Map<?, ?> schema, Object value, boolean whole) throws Refused {
      String name = "";
      Map<?, ?> plain = schema;
      if (schema.get("$ref") instanceof String reference) {
        name = reference.substring(reference.lastIndexOf('/') + 1);
        plain = (Map<?, ?>) definitions.get(name);
      }
      if (plain.get("enum") instanceof List<?> allowed) {
        oneOf(allowed, value);
        return;
      }
      switch (String.valueOf(plain.get("type"))) {
        case "object" -> object(name, plain, value, whole);
        case "array" -> {
          if (!(value instanceof List<?> items)) {
            throw wrong(value, "a sequence");
          }
          for (Object item : items) {
            value((Map<?, ?>) plain.get("items"), item, true);
          }
        }
        case "string" -> {
          if (!(value instanceof String)) {
            throw wrong(value, "a string");
          }
        }
        case "boolean" -> {
          if (!(value instanceof Boolean)) {
            throw wrong(value, "a boolean");
          }
        }
        case "integer" -> integer(plain, value);
        default -> throw new IllegalStateException("no check for " + plain);
      }
    }

    private void object(String name, Map<?, ?> schema, Object value, boolean whole) throws Refused {
      if (!(value instanceof Map<?, ?> members)) {
        throw wrong(value, "struct " + name);
      }
      Map<?, ?> properties = schema.get("properties") instanceof Map<?, ?> named ? named : Map.of();
      for (Map.Entry<?, ?> member : members.entrySet()) {
        Object property = properties.get(member.getKey());
        if (property != null && version.knows(name + "." + member.getKey())) {
          if (member.getValue() != null || required(schema).contains(member.getKey())) {
            value((Map<?, ?>) property, member.getValue(), true);
          }
        } else if (!schema.containsKey("additionalProperties")) {
          throw Refused.body(
              "unknown field `%s`, expected %s".formatted(member.getKey(), known(name, properties)),
              body);
        }
      }
      for (Object field : required(schema)) {
        if (whole && !members.containsKey(field)) {
          throw Refused.body("missing field `%s`".formatted(field), body);
        }
      }
    }

    private void integer(Map<?, ?> schema, Object value) throws Refused {
      if (!(value instanceof Integer || value instanceof Long)) {
        throw wrong(value, "an integer");
      }
      long number = ((Number) value).longValue();
      long least = schema.get("minimum") instanceof Number n ? n.longValue() : 0;
      long most = schema.get("maximum") instanceof Number n ? n.longValue() : Long.MAX_VALUE;
      if (number < least || number > most) {
        if (schema.equals(vcpuCount())) {
          throw new Refused(
              "Machine config error: The number of vCPUs must be greater than 0, less than 32 and"
                  + " must be 1 or an even number if SMT is enabled.");
        }
        throw Refused.body(
            "invalid value: integer `%d`, expected %d to %d".formatted(number, least, most), body);
      }
    }

    private void oneOf(List<?> allowed, Object value) throws Refused {
      boolean fits = allowed.stream().anyMatch(one -> String.valueOf(one).equals(value));
      if (!(value instanceof String)) {
        throw wrong(value, "a string");
      }
      if (!fits) {
        throw Refused.body(
            "unknown variant `%s`, expected %s".formatted(value, list(allowed)), body);
      }
    }

    private Object vcpuCount() {
      Map<?, ?> machine = (Map<?, ?>) definitions.get("MachineConfiguration");
      return ((Map<?, ?>) machine.get("properties")).get("vcpu_count");
    }

    private String known(String name, Map<?, ?> properties) {
      List<Object> fields = new ArrayList<>(properties.keySet());
      fields.removeIf(field -> !version.knows(name + "." + field));
      return list(fields);
    }

    private Refused wrong(Object value, String expected) {
      String what =
          switch (value) {
            case null -> "null";
            case String text -> "string \"" + text + "\"";
            case Boolean flag -> "boolean `" + flag + "`";
            case Integer number -> "integer `" + number + "`";
            case Long number -> "integer `" + number + "`";
            case Number number -> "floating point `" + number + "`";
            case List<?> _ -> "sequence";
            default -> "map";
          };
      return Refused.body("invalid type: %s, expected %s".formatted(what, expected), body);
    }
  }

  private static List<?> required(Map<?, ?> schema) {
    return schema.get("required") instanceof List<?> names ? names : List.of();
  }

  private static String list(List<?> names) {
    List<String> quoted = names.stream().map(name -> "`" + name + "`").toList();
    return switch (quoted.size()) {
      case 0 -> "no fields";
      case 1 -> quoted.getFirst();
      case 2 -> quoted.get(0) + " or " + quoted.get(1);
      default -> "one of " + String.join(", ", quoted);
    };
  }
}

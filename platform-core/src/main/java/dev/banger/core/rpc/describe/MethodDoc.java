package dev.banger.core.rpc.describe;

import dev.banger.client.Json;
import dev.banger.core.model.ErrorKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One method as clients may rely on it.
 *
 * @param summary one line, a verb first, no full stop
 * @param parameters those that are required come first
 * @param result a JSON Schema
 * @param isStream whether the answer turns the connection into a byte stream
 * @param sendsStages whether {@code stage} notifications come before the answer
 * @param errors the kinds that are usual, besides {@code usage} and {@code internal}
 * @param example a request and its answer; null for none
 */
public record MethodDoc(
    String name,
    String summary,
    List<Parameter> parameters,
    Json result,
    boolean isStream,
    boolean sendsStages,
    Set<ErrorKind> errors,
    Example example) {
  /** A parameter by its name. */
  public record Parameter(String name, boolean isRequired, Json schema) {}

  /** A request and its answer. */
  public record Example(Json parameters, Json result) {}

  public MethodDoc {
    parameters = List.copyOf(parameters);
    errors = Set.copyOf(errors);
  }

  /** The first word, up to the dot. */
  public String group() {
    return name.substring(0, name.indexOf('.'));
  }

  public List<String> parameterNames() {
    return parameters.stream().map(Parameter::name).toList();
  }

  static Builder method(String name, String summary) {
    return new Builder(name, summary);
  }

  /** Writes a declaration down from top to bottom. */
  static final class Builder {
    private final String name;
    private final String summary;
    private final List<Parameter> parameters = new ArrayList<>();
    private final Set<ErrorKind> errors = EnumSet.noneOf(ErrorKind.class);
    private boolean sendsStages;
    private Example example;

    private Builder(String name, String summary) {
      this.name = name;
      this.summary = summary;
    }

    Builder needs(String parameter, Json schema) {
      parameters.add(new Parameter(parameter, true, schema));
      return this;
    }

    Builder takes(String parameter, Json schema) {
      parameters.add(new Parameter(parameter, false, schema));
      return this;
    }

    /** Takes a flag that is off when it is not given. */
    Builder takesFlag(String parameter, String description) {
      return takes(parameter, Schemas.withDefault(Schemas.truth(description), Json.FALSE));
    }

    /** Takes which VMs it is about; at least one of the three says so. */
    Builder takesVms() {
      errors.add(ErrorKind.NOT_FOUND);
      errors.add(ErrorKind.AMBIGUOUS);
      return takes("refs", Schemas.texts("names, ids or unique prefixes of ids"))
          .takesFlag("all", "all VMs; there may be none")
          .takes("labels", Schemas.textMap("all VMs that have all of these labels"));
    }

    Builder needsVm() {
      errors.add(ErrorKind.NOT_FOUND);
      errors.add(ErrorKind.AMBIGUOUS);
      return needs("ref", Schemas.text("a name, an id or a unique prefix of an id"));
    }

    Builder sendsStages() {
      sendsStages = true;
      return this;
    }

    Builder fails(ErrorKind... kinds) {
      errors.addAll(List.of(kinds));
      return this;
    }

    Builder example(Json request, Json answer) {
      example = new Example(request, answer);
      return this;
    }

    MethodDoc answers(Json result) {
      return new MethodDoc(name, summary, parameters, result, false, sendsStages, errors, example);
    }

    MethodDoc streams() {
      return new MethodDoc(
          name, summary, parameters, Schemas.ref("Stream"), true, sendsStages, errors, example);
    }
  }
}

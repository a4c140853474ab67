package io.foretell.app.journey;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.client.ApiClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The OpenAPI file, as what answers are measured by: type, required, properties, items, enum,
 * minimum and maximum, allOf, additionalProperties, local references. A property that an object's
 * schema does not name is a fault, unless the schema names none or allows them.
 */
final class Schemas {
  private final JsonNode root;

  private Schemas(JsonNode root) {
    this.root = root;
  }

  static Schemas ofTheServer() {
    try (InputStream in =
        Objects.requireNonNull(Schemas.class.getResourceAsStream("/openapi.yaml"))) {
      Object yaml = new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
      return new Schemas(ApiClient.JSON.valueToTree(yaml));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code GET /devices} and so on. */
  List<String> routes() {
    List<String> routes = new ArrayList<>();
    root.path("paths")
        .fields()
        .forEachRemaining(
            path -> {
              for (String method : List.of("get", "post", "put", "patch", "delete")) {
                if (path.getValue().has(method)) {
                  routes.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey());
                }
              }
            });
    return routes;
  }

  /** References that lead nowhere. */
  List<String> broken() {
    return root.findValuesAsText("$ref").stream()
        .filter(ref -> root.at(ref.substring(1)).isMissingNode())
        .toList();
  }

  /** What is wrong with an answer. */
  List<String> faults(String method, String path, String status, JsonNode answer) {
    JsonNode schema =
        resolved(root.path("paths").path(path).path(method).path("responses").path(status))
            .path("content")
            .path(status.equals("default") ? "application/problem+json" : "application/json")
            .path("schema");
    List<String> faults = new ArrayList<>();
    if (schema.isMissingNode()) {
      faults.add("no schema of " + method + " " + path + " " + status);
    }
    check(path, schema, answer, faults);
    return faults;
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? resolved(root.at(node.path("$ref").asText().substring(1))) : node;
  }

  private void check(String at, JsonNode reference, JsonNode value, List<String> faults) {
    JsonNode schema = merged(reference);
    String type = schema.path("type").asText("");
    if (!type.isEmpty() && !is(type, value)) {
      faults.add(at + " is no " + type + ": " + value);
      return;
    }
    if (schema.has("enum") && !contains(schema.path("enum"), value)) {
      faults.add(at + " is none of " + schema.path("enum") + ": " + value);
    }
    if (schema.has("minimum") && value.asDouble() < schema.path("minimum").asDouble()
        || schema.has("maximum") && value.asDouble() > schema.path("maximum").asDouble()) {
      faults.add(at + " is out of range: " + value);
    }
    if (value.isObject()) {
      object(at, schema, value, faults);
    }
    for (int i = 0; value.isArray() && schema.has("items") && i < value.size(); i++) {
      check(at + "[" + i + "]", schema.path("items"), value.get(i), faults);
    }
  }

  private void object(String at, JsonNode schema, JsonNode value, List<String> faults) {
    for (JsonNode name : schema.path("required")) {
      if (!value.has(name.asText())) {
        faults.add(at + " lacks " + name.asText());
      }
    }
    JsonNode others = schema.path("additionalProperties");
    for (Iterator<Map.Entry<String, JsonNode>> fields = value.fields(); fields.hasNext(); ) {
      Map.Entry<String, JsonNode> field = fields.next();
      String name = at + "." + field.getKey();
      if (schema.path("properties").has(field.getKey())) {
        check(name, schema.path("properties").path(field.getKey()), field.getValue(), faults);
      } else if (others.isObject()) {
        check(name, others, field.getValue(), faults);
      } else if (schema.has("properties") && !others.asBoolean(false)) {
        faults.add(name + " is not in the contract");
      }
    }
  }

  /** A schema with its reference and its allOf resolved. */
  private JsonNode merged(JsonNode reference) {
    JsonNode schema = resolved(reference);
    if (!schema.has("allOf")) {
      return schema;
    }
    var whole = ApiClient.JSON.createObjectNode();
    whole.put("type", "object");
    var properties = whole.putObject("properties");
    var required = whole.putArray("required");
    for (JsonNode part : schema.path("allOf")) {
      JsonNode one = merged(part);
      one.path("properties")
          .fields()
          .forEachRemaining(p -> properties.set(p.getKey(), p.getValue()));
      one.path("required").forEach(required::add);
    }
    return whole;
  }

  private static boolean is(String type, JsonNode value) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      default -> throw new AssertionError("a type that no one knows: " + type);
    };
  }

  private static boolean contains(JsonNode values, JsonNode value) {
    for (JsonNode one : values) {
      if (one.equals(value)) {
        return true;
      }
    }
    return false;
  }
}

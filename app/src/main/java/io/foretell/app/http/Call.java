package io.foretell.app.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.foretell.proto.DeviceId;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** One call of the API, as its handlers see it: typed parameters, or a problem for the caller. */
public final class Call {
  /** English. */
  static final String ENGLISH = "en";

  /** Simplified Chinese. */
  static final String CHINESE = "zh-CN";

  private static final int MOST = 10_000;

  private final RoutingContext context;
  private final ObjectMapper json;

  Call(RoutingContext context, ObjectMapper json) {
    this.context = context;
    this.json = json;
  }

  /** The tenant that the call is about. */
  public String tenant() {
    return query("tenant").orElse(DeviceId.DEFAULT_TENANT);
  }

  /** Tenant and, where the path has one, device: for the log. */
  Map<String, String> about() {
    Map<String, String> about = new HashMap<>();
    about.put("tenant", tenant());
    String device = context.pathParam("device");
    if (device != null) {
      about.put("device", device);
    }
    return about;
  }

  /** A segment of the path. */
  public String path(String name) {
    String value = context.pathParam(name);
    if (value == null || value.isEmpty()) {
      throw new InvalidInputException(ReasonCode.NOT_FOUND, "no " + name + " in the path");
    }
    return value;
  }

  /** The device of the path, within the call's tenant; {@code device@tenant} is taken as well. */
  public DeviceId device() {
    String name = path("device");
    return name.contains("@") ? DeviceId.parse(name) : new DeviceId(tenant(), name);
  }

  /** A parameter of the query; empty where absent or blank. */
  public Optional<String> query(String name) {
    return context.queryParam(name).stream().findFirst().filter(v -> !v.isBlank());
  }

  /** A whole number of the query. */
  public long number(String name, long fallback) {
    Optional<String> value = query(name);
    if (value.isEmpty()) {
      return fallback;
    }
    try {
      return Long.parseLong(value.get());
    } catch (NumberFormatException e) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, name + " is no whole number: " + value.get());
    }
  }

  /** How many items a page has: 1–10,000. */
  public int limit(int fallback) {
    long limit = number("limit", fallback);
    if (limit < 1 || limit > MOST) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "limit must be 1 to " + MOST);
    }
    return (int) limit;
  }

  /** The language of texts that the caller wants: {@value #ENGLISH} or {@value #CHINESE}. */
  public String language() {
    String language = query("lang").orElse(ENGLISH);
    if (!language.equals(ENGLISH) && !language.equals(CHINESE)) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "lang is en or zh-CN");
    }
    return language;
  }

  /** The body as JSON; a missing node where there is none. */
  public JsonNode body() {
    byte[] bytes = bytes();
    if (bytes.length == 0) {
      return MissingNode.getInstance();
    }
    try {
      return json.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(ReasonCode.MALFORMED_JSON, e.getOriginalMessage());
    } catch (java.io.IOException e) {
      throw new InvalidInputException(ReasonCode.MALFORMED_JSON, String.valueOf(e.getMessage()));
    }
  }

  /** The body as it is. */
  public byte[] bytes() {
    var buffer = context.body().buffer();
    return buffer == null ? new byte[0] : buffer.getBytes();
  }

  /** A text field of the body that must be there. */
  public String required(String field) {
    JsonNode value = body().path(field);
    if (!value.isTextual() || value.asText().isBlank()) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "field '" + field + "' is missing");
    }
    return value.asText();
  }

  /** A text field of the body. */
  public String optional(String field, String fallback) {
    JsonNode value = body().path(field);
    return value.isTextual() ? value.asText() : fallback;
  }
}

package io.foretell.app.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.gateway.identity.Authority;
import io.foretell.gateway.identity.Claim;
import io.foretell.gateway.identity.Issued;
import io.foretell.gateway.identity.NewDevice;
import io.foretell.gateway.identity.Registry;
import io.foretell.proto.DeviceId;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How devices prove who they are: secrets, claim codes, keys, certificate authorities. */
final class IdentityApi {
  private static final long CLAIM_SECONDS = Duration.ofDays(7).toSeconds();
  private static final long LONGEST_CLAIM_SECONDS = Duration.ofDays(365).toSeconds();

  private final Registry registry;

  IdentityApi(Registry registry) {
    this.registry = registry;
  }

  void bind(Routes routes) {
    routes.post("/devices/{device}/rotate", this::rotate);
    routes.post("/devices/{device}/revoke", this::revoke);
    routes.post("/devices/{device}/claim", this::claim);
    routes.delete("/devices/{device}/key", this::unbind);
    routes.get("/authorities", call -> Map.of("items", authorities(call)));
    routes.post("/authorities", this::addAuthority);
    routes.delete("/authorities/{authority}", this::removeAuthority);
  }

  /** Registers a device with what the call wants it to have. */
  Object add(Call call, NewDevice wanted) {
    JsonNode body = call.body();
    if (body.path("claim").asBoolean(false)) {
      return claim(registry.addUnclaimed(wanted, validity(body)));
    }
    if (body.path("publicKey").isTextual()) {
      registry.addWithKey(wanted, body.path("publicKey").asText());
      return Map.of("device", name(wanted.id()));
    }
    return issued(registry.add(wanted));
  }

  static Map<String, Object> issued(Issued issued) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("device", name(issued.device()));
    shape.put("token", issued.token());
    shape.put("psk", issued.psk());
    return shape;
  }

  private static Map<String, Object> claim(Claim claim) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("device", name(claim.device()));
    shape.put("claim", claim.code());
    shape.put("validUntil", claim.validUntil());
    return shape;
  }

  private static String name(DeviceId device) {
    boolean plain = device.tenant().equals(DeviceId.DEFAULT_TENANT);
    return plain ? device.device() : device.toString();
  }

  private Object rotate(Call call) {
    long seconds = whole(call.body(), "overlapSeconds", 0, Long.MAX_VALUE / 1000);
    return issued(registry.rotate(call.device(), Duration.ofSeconds(seconds)));
  }

  private @Nullable Object revoke(Call call) {
    registry.revoke(call.device());
    return null;
  }

  private Object claim(Call call) {
    return claim(registry.claimCode(call.device(), validity(call.body())));
  }

  private @Nullable Object unbind(Call call) {
    registry.authorities().unbind(call.device());
    return null;
  }

  private Object authorities(Call call) {
    return registry.authorities().list(call.tenant()).stream().map(IdentityApi::shape).toList();
  }

  private Object addAuthority(Call call) {
    JsonNode body = call.body();
    Authority added =
        registry
            .authorities()
            .add(
                call.tenant(),
                call.required("certificate"),
                call.optional("rule", "cn={device}"),
                body.path("provision").asBoolean(true),
                body.path("renew").asBoolean(false));
    return new Routes.Reply(201, shape(added));
  }

  private @Nullable Object removeAuthority(Call call) {
    registry.authorities().remove(call.tenant(), call.path("authority"));
    return null;
  }

  private static Map<String, Object> shape(Authority authority) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("fingerprint", authority.fingerprint());
    shape.put("tenant", authority.tenant());
    shape.put("subject", authority.subject());
    shape.put("expiresAt", authority.expiresAt());
    shape.put("rule", authority.naming());
    shape.put("provision", authority.provisions());
    shape.put("renew", authority.renews());
    shape.put("addedAt", authority.addedAt());
    return shape;
  }

  private static Duration validity(JsonNode body) {
    return Duration.ofSeconds(whole(body, "validSeconds", CLAIM_SECONDS, LONGEST_CLAIM_SECONDS));
  }

  private static long whole(JsonNode body, String field, long fallback, long most) {
    JsonNode value = body.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return fallback;
    }
    if (!value.isIntegralNumber() || value.asLong() < 0 || value.asLong() > most) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, "'" + field + "' is no number of seconds");
    }
    return value.asLong();
  }
}

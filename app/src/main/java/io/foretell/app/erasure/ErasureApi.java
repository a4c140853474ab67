package io.foretell.app.erasure;

import io.foretell.app.http.Call;
import io.foretell.app.http.Routes;
import io.foretell.proto.DeviceId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The routes of export and erasure. */
public final class ErasureApi {
  private final Export export;
  private final Erasure erasure;

  /** Over what does it. */
  public ErasureApi(Export export, Erasure erasure) {
    this.export = export;
    this.erasure = erasure;
  }

  /** Binds the routes. */
  public void bind(Routes routes) {
    routes.getArchive(
        "/devices/{device}/export",
        "an export",
        call -> {
          DeviceId device = call.device();
          export.check(device);
          return out -> export.write(List.of(device), out);
        });
    routes.getArchive(
        "/owners/{owner}/export",
        "an export",
        call -> {
          List<DeviceId> devices = erasure.owned(call.tenant(), call.path("owner"));
          return out -> export.write(devices, out);
        });
    routes.post("/devices/{device}/erasure", call -> shape(erasure.erase(call.device(), by(call))));
    routes.post(
        "/owners/{owner}/erasure",
        call ->
            Map.of(
                "items",
                erasure.eraseOwned(call.tenant(), call.path("owner"), by(call)).stream()
                    .map(ErasureApi::shape)
                    .toList()));
    routes.get("/erasures", this::proofs);
  }

  private static String by(Call call) {
    return call.optional("by", "api");
  }

  private Object proofs(Call call) {
    return Map.of(
        "items",
        erasure.proofs(call.tenant()).stream().map(ErasureApi::shape).toList(),
        "sound",
        erasure.sound());
  }

  private static Map<String, Object> shape(Erasure.Receipt receipt) {
    Map<String, Object> shape = shape(receipt.proof());
    shape.put("device", receipt.device().device());
    shape.put("receipt", receipt.receipt());
    return shape;
  }

  private static Map<String, Object> shape(Proof proof) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", proof.id());
    shape.put("begunAt", proof.begunAt());
    shape.put("endedAt", proof.endedAt());
    shape.put("by", proof.by());
    shape.put("counts", proof.counts());
    shape.put("subject", proof.subject());
    shape.put("digest", proof.digest());
    return shape;
  }
}

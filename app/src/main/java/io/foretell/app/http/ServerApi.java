package io.foretell.app.http;

import io.foretell.proto.Entry;
import io.foretell.proto.Lane;
import io.foretell.proto.Reject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The server itself: what it rejected, whether its books balance, how it is. */
final class ServerApi {
  private final Lane<Reject> rejects;
  private final Conservation conservation;
  private final Supplier<Map<String, Object>> server;

  ServerApi(Lane<Reject> rejects, Conservation conservation, Supplier<Map<String, Object>> server) {
    this.rejects = rejects;
    this.conservation = conservation;
    this.server = server;
  }

  void bind(Routes routes) {
    routes.get("/rejects", this::rejects);
    routes.get("/conservation", call -> conservation.count());
    routes.get("/server", call -> server.get());
  }

  private Object rejects(Call call) {
    int limit = Math.min(1000, call.limit(100));
    List<Entry<Reject>> newest = new ArrayList<>();
    for (int p = 0; p < rejects.partitions(); p++) {
      long end = rejects.end(p);
      newest.addAll(rejects.read(p, Math.max(rejects.begin(p), end - limit), limit));
    }
    return Map.of(
        "items",
        newest.stream()
            .filter(entry -> entry.key().tenant().equals(call.tenant()))
            .sorted(Comparator.comparingLong((Entry<Reject> e) -> e.at()).reversed())
            .limit(limit)
            .map(Shapes::reject)
            .toList());
  }
}

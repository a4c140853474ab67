package io.foretell.app.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.firmwareota.Artifact;
import io.foretell.firmwareota.Campaign;
import io.foretell.firmwareota.CampaignEvent;
import io.foretell.firmwareota.Campaigns;
import io.foretell.firmwareota.DeviceProgress;
import io.foretell.firmwareota.DeviceStatus;
import io.foretell.firmwareota.HaltRule;
import io.foretell.firmwareota.Plan;
import io.foretell.firmwareota.Rollout;
import io.foretell.firmwareota.Selection;
import io.foretell.firmwareota.Wave;
import io.foretell.firmwareota.WaveCount;
import io.foretell.firmwareota.tuf.Repository;
import io.foretell.proto.Digest;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Artifacts and campaigns. */
public final class CampaignApi {
  private static final int EVENTS = 500;
  private static final long COMMAND_SECONDS = 86_400;
  private static final double MIN_SUCCESS = 0.5;
  private static final long SOAK_SECONDS = 600;

  private final Campaigns campaigns;
  private final Repository repository;

  CampaignApi(Campaigns campaigns, Repository repository) {
    this.campaigns = campaigns;
    this.repository = repository;
  }

  void bind(Routes routes) {
    routes.get(
        "/artifacts",
        call ->
            Map.of(
                "items",
                repository.list(call.tenant()).stream().map(CampaignApi::artifact).toList()));
    routes.post("/artifacts", this::addArtifact);
    routes.get("/campaigns", this::list);
    routes.post("/campaigns", this::add);
    routes.get("/campaigns/{campaign}", this::show);
    routes.get("/campaigns/{campaign}/devices", this::devices);
    routes.post("/campaigns/{campaign}/{action}", this::act);
  }

  private static Map<String, Object> artifact(Artifact artifact) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("digest", artifact.digest().toString());
    shape.put("name", artifact.name());
    shape.put("component", artifact.component());
    shape.put("version", artifact.version().toString());
    shape.put("floor", artifact.floor().toString());
    shape.put("hardware", String.join(",", artifact.hardware()));
    shape.put("size", artifact.size());
    shape.put("addedAt", artifact.createdAt());
    return shape;
  }

  private Object addArtifact(Call call) {
    byte[] content = call.bytes();
    if (content.length == 0) {
      throw new InvalidInputException(ReasonCode.EMPTY_PAYLOAD, "an artifact without bytes");
    }
    Repository.Draft draft =
        new Repository.Draft(
            query(call, "name"),
            query(call, "component"),
            query(call, "version"),
            call.query("floor"),
            list(call, "model"),
            list(call, "hardware"),
            call.query("notes").orElse(""));
    Artifact added = repository.add(call.tenant(), draft, new ByteArrayInputStream(content));
    return new Routes.Reply(201, artifact(added));
  }

  private static String query(Call call, String name) {
    return call.query(name)
        .orElseThrow(() -> new InvalidInputException(ReasonCode.WRONG_SHAPE, name + " is missing"));
  }

  private static List<String> list(Call call, String name) {
    return call.query(name).map(v -> List.of(v.split(","))).orElse(List.of());
  }

  private Object list(Call call) {
    return Map.of(
        "items",
        campaigns.list(call.tenant(), 0, Math.min(500, call.limit(100))).stream()
            .map(this::shape)
            .toList());
  }

  private Object show(Call call) {
    String id = call.path("campaign");
    Campaign campaign = campaigns.show(call.tenant(), id);
    Map<String, Object> shape = shape(campaign);
    List<Map<String, Object>> timeline =
        campaigns.events(call.tenant(), id, 0, EVENTS).stream().map(CampaignApi::entry).toList();
    shape.put("timeline", timeline);
    return shape;
  }

  /** A Campaign. */
  public Map<String, Object> shape(Campaign campaign) {
    Rollout rollout = campaign.rollout();
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", campaign.id());
    shape.put("name", campaign.install().component() + " " + campaign.install().version());
    shape.put("state", rollout.state().name());
    shape.put("artifact", install(campaign));
    shape.put("fixes", campaign.plan().fixes());
    shape.put("rollbackOf", campaign.rollbackOf());
    shape.put("createdAt", campaign.createdAt());
    shape.put("createdBy", campaign.createdBy());
    shape.put("changedAt", rollout.changedAt());
    if (rollout.state() == Rollout.State.HALTED || !rollout.reason().isEmpty()) {
      shape.put("haltReason", rollout.reason());
    }
    Map<String, Integer> total = new LinkedHashMap<>();
    List<Object> waves = new ArrayList<>();
    for (int i = 0; i < campaign.plan().waves().size(); i++) {
      waves.add(wave(campaign, i, total));
    }
    shape.put("counts", total);
    shape.put("waves", waves);
    shape.put("actions", actions(rollout.state()));
    return shape;
  }

  private static Map<String, Object> install(Campaign campaign) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("digest", campaign.install().digest().toString());
    shape.put("name", campaign.install().target());
    shape.put("component", campaign.install().component());
    shape.put("version", campaign.install().version().toString());
    shape.put("size", campaign.install().size());
    return shape;
  }

  private static Map<String, Object> wave(
      Campaign campaign, int index, Map<String, Integer> total) {
    Rollout rollout = campaign.rollout();
    Map<String, Object> shape = new LinkedHashMap<>();
    Map<String, Integer> counts = new LinkedHashMap<>();
    if (index < rollout.waves().size()) {
      WaveCount count = rollout.waves().get(index);
      put(counts, "WAITING", count.pending());
      put(counts, "SENT", count.open());
      put(counts, "RUNNING", count.succeeded());
      put(counts, "FAILED", count.failed());
      put(counts, "ROLLED_BACK", count.rolledBack());
      put(counts, "SILENT", count.unreached());
      put(counts, "WRITTEN_OFF", count.writtenOff());
      shape.put("devices", count.targets());
    } else {
      shape.put("devices", 0);
    }
    counts.forEach((status, n) -> total.merge(status, n, Integer::sum));
    shape.put("name", "");
    shape.put("state", waveState(rollout, index));
    shape.put("counts", counts);
    shape.put("haltRule", rule(campaign.plan().waves().get(index).halt()));
    return shape;
  }

  private static void put(Map<String, Integer> counts, String status, int n) {
    if (n > 0) {
      counts.put(status, n);
    }
  }

  private static String waveState(Rollout rollout, int index) {
    boolean begun = index < rollout.started();
    boolean last = index == rollout.started() - 1;
    return switch (rollout.state()) {
      case DRAFT -> "WAITING";
      case DONE -> begun ? "DONE" : "WAITING";
      case CANCELLED, ROLLED_BACK -> "CANCELLED";
      case HALTED -> last ? "HALTED" : begun ? "DONE" : "WAITING";
      case RUNNING -> {
        if (!begun) {
          yield "WAITING";
        }
        boolean soaking = last && rollout.readySince() > 0;
        yield soaking ? "SOAKING" : last ? "RUNNING" : "DONE";
      }
    };
  }

  private static Map<String, Object> rule(HaltRule rule) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("maxFailedShare", rule.maxFailedShare());
    shape.put("maxRolledBack", rule.maxRolledBack());
    shape.put("silenceSeconds", rule.silenceMillis() / 1000);
    shape.put("minSuccessShare", rule.minSuccessShare());
    shape.put("soakSeconds", rule.soakMillis() / 1000);
    return shape;
  }

  private static List<String> actions(Rollout.State state) {
    return switch (state) {
      case DRAFT -> List.of("start", "cancel");
      case RUNNING -> List.of("halt", "cancel");
      case HALTED -> List.of("resume", "cancel");
      case DONE, CANCELLED, ROLLED_BACK -> List.of();
    };
  }

  private static Map<String, Object> entry(CampaignEvent event) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("at", event.at());
    shape.put("kind", event.kind().name());
    shape.put("actor", event.by().isEmpty() ? event.device() : event.by());
    Map<String, Object> args = new LinkedHashMap<>();
    args.put("wave", event.wave() < 0 ? "" : String.valueOf(event.wave() + 1));
    args.put("device", event.device());
    args.put("reason", event.reason());
    args.put("detail", event.detail());
    shape.put("key", event.kind().name());
    shape.put("args", args);
    StringBuilder text =
        new StringBuilder(event.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '));
    if (event.wave() >= 0 && event.kind() == CampaignEvent.Kind.WAVE_STARTED) {
      text.append(' ').append(event.wave() + 1);
    }
    if (!event.device().isEmpty()) {
      text.append(' ').append(event.device());
    }
    if (!event.reason().isEmpty()) {
      text.append(": ").append(event.reason());
    }
    if (!event.detail().isEmpty()) {
      text.append(" (").append(event.detail()).append(')');
    }
    shape.put("text", text.toString());
    return shape;
  }

  private Object devices(Call call) {
    int limit = Math.min(1000, call.limit(100));
    List<DeviceProgress> page =
        campaigns.devices(
            call.tenant(), call.path("campaign"), call.query("after").orElse(""), limit);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("items", page.stream().map(CampaignApi::progress).toList());
    if (page.size() == limit) {
      answer.put("next", page.get(limit - 1).device());
    }
    return answer;
  }

  private static Map<String, Object> progress(DeviceProgress progress) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("device", progress.device());
    shape.put("wave", progress.wave());
    shape.put("status", status(progress.status()));
    shape.put("percent", progress.status() == DeviceStatus.SUCCEEDED ? 100 : progress.percent());
    shape.put("reason", progress.reason());
    shape.put("detail", progress.detail());
    shape.put("changedAt", progress.changedAt());
    return shape;
  }

  private static String status(DeviceStatus status) {
    return switch (status) {
      case PENDING -> "WAITING";
      case OFFERED -> "SENT";
      case SUCCEEDED -> "RUNNING";
      case UNREACHED -> "SILENT";
      default -> status.name();
    };
  }

  private Object act(Call call) {
    String id = call.path("campaign");
    String by = call.optional("by", "api");
    String text = call.optional("text", "by hand");
    String tenant = call.tenant();
    return shape(
        switch (call.path("action")) {
          case "start" -> campaigns.start(tenant, id, by);
          case "halt" -> campaigns.halt(tenant, id, text, by);
          case "resume" ->
              campaigns.resume(tenant, id, call.body().path("retry").asBoolean(false), by);
          case "cancel" -> campaigns.cancel(tenant, id, text, by);
          default ->
              throw new InvalidInputException(
                  ReasonCode.NOT_FOUND, "actions are start, halt, resume, cancel");
        });
  }

  private Object add(Call call) {
    JsonNode body = call.body();
    Plan plan =
        new Plan(
            Digest.parse(call.required("artifact")),
            call.optional("fixes", ""),
            selection(body.path("selection")),
            waves(body.path("waves")),
            body.path("expirySeconds").asLong(COMMAND_SECONDS) * 1000,
            List.of());
    return new Routes.Reply(
        201, shape(campaigns.create(call.tenant(), plan, call.optional("by", "api"))));
  }

  private static Selection selection(JsonNode node) {
    Map<String, String> labels = new LinkedHashMap<>();
    node.path("labels")
        .fields()
        .forEachRemaining(e -> labels.put(e.getKey(), e.getValue().asText()));
    List<String> devices = new ArrayList<>();
    node.path("devices").forEach(d -> devices.add(d.asText()));
    return new Selection(
        node.path("model").asText(""),
        node.path("hardware").asText(""),
        node.path("version").asText(""),
        labels,
        devices);
  }

  private static List<Wave> waves(JsonNode nodes) {
    List<Wave> waves = new ArrayList<>();
    for (JsonNode node : nodes) {
      Wave.Size size =
          node.hasNonNull("count")
              ? new Wave.Count(node.path("count").asInt())
              : new Wave.Share(node.path("share").asDouble());
      waves.add(Wave.of(size, haltRule(node.path("haltRule"))));
    }
    return waves;
  }

  private static @Nullable HaltRule haltRule(JsonNode node) {
    if (!node.isObject()) {
      return null;
    }
    return HaltRule.of(
        number(node, "maxFailedShare").orElse(null),
        number(node, "maxRolledBack").map(Double::intValue).orElse(null),
        number(node, "silenceSeconds").map(s -> (long) (s * 1000)).orElse(null),
        number(node, "minSuccessShare").orElse(MIN_SUCCESS),
        (long) (number(node, "soakSeconds").orElse((double) SOAK_SECONDS) * 1000));
  }

  private static Optional<Double> number(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isNumber() ? Optional.of(value.asDouble()) : Optional.empty();
  }
}

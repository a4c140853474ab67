package io.foretell.app.erasure;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.foretell.app.http.DeviceStates;
import io.foretell.app.http.Shapes;
import io.foretell.ingest.engine.Partitioning;
import io.foretell.ingest.history.AgeingHistory;
import io.foretell.ingest.history.Bucket;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Directory;
import io.foretell.proto.Engine;
import io.foretell.proto.Entry;
import io.foretell.proto.Finding;
import io.foretell.proto.History;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.Lane;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.TicketEvent;
import io.foretell.proto.Topic;
import io.foretell.proto.Uplink;
import io.foretell.proto.wire.Topics;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.sql.DataSource;

/**
 * All that is known of devices as one archive of JSON files, secrets left out. It is written as it
 * is read: neither history nor lanes are ever in memory as a whole.
 *
 * <pre>
 *   manifest.json             when, which devices, which files
 *   DEVICE/device.json        registration, kinds of credentials, what was counted
 *   DEVICE/history.json       samples, and what stands for those that were downsampled
 *   DEVICE/faults.json        episodes, and those that have healed
 *   DEVICE/lanes/LANE.json    what lanes still have: uplink, rejects, findings, tickets, commands
 *   DEVICE/records/TABLE.json rows: tickets, timelines, findings, commands, campaign targets, …
 * </pre>
 */
public final class Export {
  private static final int PAGE = 10_000;
  private static final int BATCH = 1_000;

  private final Directory directory;
  private final Engine engine;
  private final DeviceStates states;
  private final AgeingHistory history;
  private final DataSource records;
  private final InstantSource clock;
  private final ObjectMapper json =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);

  /** Reads from the stores of a server that runs. */
  public Export(
      Directory directory,
      Engine engine,
      DeviceStates states,
      AgeingHistory history,
      DataSource records,
      InstantSource clock) {
    this.directory = directory;
    this.engine = engine;
    this.states = states;
    this.history = history;
    this.records = records;
    this.clock = clock;
  }

  /** Refuses a device of which nothing is known with {@link InvalidInputException} NOT_FOUND. */
  public void check(DeviceId device) {
    boolean known =
        directory.find(device).isPresent()
            || states.stream(device).isPresent()
            || rows(device).values().stream().anyMatch(rows -> !rows.isEmpty());
    if (!known) {
      throw new InvalidInputException(ReasonCode.NOT_FOUND, "nothing is known of " + device);
    }
  }

  /**
   * Writes the archive.
   *
   * @param devices of one tenant
   * @throws UncheckedIOException where the stream does not take it
   */
  public void write(List<DeviceId> devices, OutputStream out) {
    try (ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(out, 1 << 16))) {
      List<String> files = new ArrayList<>();
      for (DeviceId device : devices) {
        write(device, zip, files);
      }
      Map<String, Object> manifest = new LinkedHashMap<>();
      manifest.put("at", clock.millis());
      manifest.put("devices", devices.stream().map(DeviceId::toString).toList());
      manifest.put("files", List.copyOf(files));
      value(zip, "manifest.json", manifest, files);
    } catch (IOException e) {
      throw new UncheckedIOException("no archive: " + e.getMessage(), e);
    }
  }

  private void write(DeviceId device, ZipOutputStream zip, List<String> files) throws IOException {
    String folder = device.device().replace(':', '_') + "/";
    value(zip, folder + "device.json", device(device), files);
    value(zip, folder + "faults.json", faults(device), files);
    history(device, zip, folder + "history.json", files);
    lane(device, zip, folder, Topics.UPLINK, Export::uplink, files);
    lane(device, zip, folder, Topics.REJECTS, Shapes::reject, files);
    lane(device, zip, folder, Topics.FINDINGS, Export::finding, files);
    lane(device, zip, folder, Topics.TICKETS, Export::ticket, files);
    lane(device, zip, folder, Topics.COMMANDS, Export::command, files);
    for (Map.Entry<String, List<Map<String, Object>>> table : rows(device).entrySet()) {
      if (!table.getValue().isEmpty()) {
        value(zip, folder + "records/" + table.getKey() + ".json", table.getValue(), files);
      }
    }
  }

  private Map<String, List<Map<String, Object>>> rows(DeviceId device) {
    return Sql.transaction(records, connection -> DeviceRows.read(connection, device));
  }

  private Map<String, Object> device(DeviceId id) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("device", id.device());
    shape.put("tenant", id.tenant());
    directory
        .find(id)
        .ifPresent(
            device -> {
              shape.put("model", device.model());
              shape.put("hardware", device.hardware());
              shape.put("software", device.software());
              shape.put("labels", device.labels());
              shape.put("registeredAt", device.registeredAt());
            });
    shape.put(
        "credentials",
        Sql.transaction(records, connection -> DeviceRows.credentials(connection, id)));
    states.stream(id)
        .ifPresent(
            stream -> {
              shape.put("stored", stream.stored());
              shape.put("rejected", stream.rejected());
              shape.put("lastEventTime", stream.lastEventTime());
            });
    return shape;
  }

  private List<Map<String, Object>> faults(DeviceId device) {
    List<Map<String, Object>> faults = new ArrayList<>();
    states
        .diagnosis(device)
        .ifPresent(
            state -> {
              state.episodes().forEach(episode -> faults.add(Shapes.episode(device, episode)));
              state.healed().forEach(healed -> faults.add(Shapes.healed(device, healed)));
            });
    return faults;
  }

  private void history(DeviceId device, ZipOutputStream zip, String name, List<String> files)
      throws IOException {
    try (JsonGenerator out = open(zip, name, files)) {
      for (String signal : history.signals(device)) {
        long since = 0;
        List<History.Sample> page = history.read(device, signal, since, Long.MAX_VALUE, PAGE);
        while (!page.isEmpty()) {
          long last = page.get(page.size() - 1).t();
          Map<Long, Bucket> buckets = new HashMap<>();
          for (Bucket bucket : history.buckets(device, signal, since, last + 1, PAGE)) {
            buckets.put(bucket.t(), bucket);
          }
          for (History.Sample sample : page) {
            Optional<Bucket> bucket = Optional.ofNullable(buckets.get(sample.t()));
            json.writeValue(out, Shapes.sample(sample, bucket));
          }
          since = last + 1;
          page = history.read(device, signal, since, Long.MAX_VALUE, PAGE);
        }
      }
      close(out);
    }
    zip.closeEntry();
  }

  private <T> void lane(
      DeviceId device,
      ZipOutputStream zip,
      String folder,
      Topic<T> topic,
      Function<Entry<T>, Map<String, Object>> shape,
      List<String> files)
      throws IOException {
    Lane<T> lane = engine.lane(topic);
    int partition = Partitioning.of(device, lane.partitions());
    try (JsonGenerator out = open(zip, folder + "lanes/" + topic.name() + ".json", files)) {
      long end = lane.end(partition);
      long next = lane.begin(partition);
      List<Entry<T>> batch = lane.read(partition, next, BATCH);
      while (!batch.isEmpty() && next < end) {
        for (Entry<T> entry : batch) {
          if (entry.key().equals(device)) {
            json.writeValue(out, shape.apply(entry));
          }
        }
        next = batch.get(batch.size() - 1).position().offset() + 1;
        batch = lane.read(partition, next, BATCH);
      }
      close(out);
    }
    zip.closeEntry();
  }

  private JsonGenerator open(ZipOutputStream zip, String name, List<String> files)
      throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    files.add(name);
    JsonGenerator out = json.createGenerator(zip);
    out.writeStartArray();
    return out;
  }

  private static void close(JsonGenerator out) throws IOException {
    out.writeEndArray();
    out.flush();
  }

  private void value(ZipOutputStream zip, String name, Object value, List<String> files)
      throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    files.add(name);
    json.writeValue(zip, value);
    zip.closeEntry();
  }

  private static Map<String, Object> at(Entry<?> entry) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("position", entry.position().toString());
    shape.put("appendedAt", entry.at());
    return shape;
  }

  private static Map<String, Object> uplink(Entry<Uplink> entry) {
    Uplink uplink = entry.value();
    Map<String, Object> shape = at(entry);
    shape.put("kind", uplink.kind().name());
    shape.put("receivedAt", uplink.receivedAt());
    shape.put("via", uplink.via());
    shape.put("contentType", uplink.contentType());
    shape.put("payload", Base64.getEncoder().encodeToString(uplink.payload()));
    return shape;
  }

  private static Map<String, Object> finding(Entry<Finding> entry) {
    Map<String, Object> shape = at(entry);
    shape.putAll(Shapes.finding(entry.key(), entry.value()));
    List<Map<String, Object>> evidence = new ArrayList<>();
    for (Finding.Evidence piece : entry.value().evidence()) {
      evidence.add(
          Map.of(
              "kind",
              piece.kind(),
              "at",
              piece.at(),
              "text",
              piece.text(),
              "values",
              piece.values()));
    }
    shape.put("evidence", evidence);
    return shape;
  }

  private static Map<String, Object> ticket(Entry<TicketEvent> entry) {
    TicketEvent event = entry.value();
    Map<String, Object> shape = at(entry);
    shape.put("id", event.id());
    shape.put("cause", event.cause());
    shape.put("title", event.title());
    shape.put("state", event.state().name());
    shape.put("urgency", event.urgency().name());
    shape.put("at", event.at());
    shape.put("openedAt", event.openedAt());
    shape.put("note", event.note());
    return shape;
  }

  private static Map<String, Object> command(Entry<Command> entry) {
    Command command = entry.value();
    Map<String, Object> shape = at(entry);
    shape.put("id", command.id());
    shape.put("verb", command.verb());
    shape.put("arguments", command.arguments());
    shape.put("issuedAt", command.issuedAt());
    shape.put("expiresAt", command.expiresAt());
    shape.put("issuedBy", command.issuedBy());
    return shape;
  }
}

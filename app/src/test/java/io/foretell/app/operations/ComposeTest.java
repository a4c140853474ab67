package io.foretell.app.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.app.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** The compose files hang together; they are not run here. */
final class ComposeTest {
  private static final Path DOCKER =
      Path.of(System.getProperty("foretell.root", "..")).resolve("docker");
  private static final String SINGLE = "compose.yaml";
  private static final String DISTRIBUTED = "compose.distributed.yaml";

  @ParameterizedTest
  @ValueSource(strings = {SINGLE, DISTRIBUTED})
  void compose_namesOnlyWhatIsThere(String file) throws IOException {
    Map<String, Object> compose = read(file);
    Map<String, Object> services = map(compose, "services");
    Set<String> volumes = map(compose, "volumes").keySet();

    assertThat(services).isNotEmpty();
    services.forEach(
        (name, value) -> {
          Map<String, Object> service = cast(value);
          assertThat(services.keySet()).as(name).containsAll(map(service, "depends_on").keySet());
          for (Object volume : (List<?>) service.getOrDefault("volumes", List.of())) {
            String source = volume.toString().replaceAll(":.*", "");
            if (source.startsWith(".")) {
              assertThat(DOCKER.resolve(source)).as(name).exists();
            } else if (!source.startsWith("/")) {
              assertThat(volumes).as(name).contains(source);
            }
          }
          assertThat(service.toString()).as(name).doesNotContainIgnoringCase("latest");
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {SINGLE, DISTRIBUTED})
  void compose_setsKeysThatTheServerKnows(String file) throws IOException {
    Set<String> known =
        Config.of(Optional.empty(), Map.of(), Map.of()).shown().stream()
            .map(shown -> shown.key())
            .map(
                key ->
                    "FORETELL_"
                        + key.replace('.', '_')
                            .replace('-', '_')
                            .toUpperCase(java.util.Locale.ROOT))
            .collect(Collectors.toSet());

    for (Map<String, Object> service : ours(file)) {
      Map<String, Object> environment = map(service, "environment");
      assertThat(known).containsAll(environment.keySet());
      assertThat(service).containsEntry("read_only", true);
      assertThat(service.get("cap_drop")).isEqualTo(List.of("ALL"));
      assertThat(service.get("healthcheck").toString()).contains("/health/ready");
    }
  }

  @Test
  void distributed_hasEachRoleOnceAndWhatTheyShare() throws IOException {
    List<String> commands =
        ours(DISTRIBUTED).stream().map(service -> service.get("command").toString()).toList();

    assertThat(commands).hasSize(3);
    for (String role : List.of("desk", "gateway", "worker")) {
      assertThat(commands).filteredOn(c -> c.contains("--roles, " + role + ",")).hasSize(1);
    }
    for (Map<String, Object> service : ours(DISTRIBUTED)) {
      Map<String, String> environment = new java.util.HashMap<>();
      map(service, "environment").forEach((key, value) -> environment.put(key, value.toString()));
      Config config = Config.of(Optional.empty(), environment, Map.of());
      assertThat(config.get(Config.KAFKA)).isEqualTo("kafka:9092");
      assertThat(config.get(Config.RECORDS_URL)).startsWith("jdbc:postgresql://postgres:5432/");
      assertThat(config.get(Config.INFLUX_URL)).isEqualTo("http://influxdb:8086");
      assertThat(service.get("volumes").toString()).contains("shared:" + config.get(Config.SHARED));
    }
  }

  /** The services that are this project's own. */
  private static List<Map<String, Object>> ours(String file) throws IOException {
    List<Map<String, Object>> ours = new ArrayList<>();
    map(read(file), "services")
        .values()
        .forEach(
            value -> {
              Map<String, Object> service = cast(value);
              if (service.containsKey("build")) {
                ours.add(service);
              }
            });
    return ours;
  }

  private static Map<String, Object> read(String file) throws IOException {
    return new Yaml().load(Files.readString(DOCKER.resolve(file)));
  }

  private static Map<String, Object> map(Map<String, Object> from, String key) {
    return from.get(key) == null ? Map.of() : cast(from.get(key));
  }

  @SuppressWarnings("unchecked") // YAML's maps have texts as keys here
  private static Map<String, Object> cast(Object value) {
    return (Map<String, Object>) value;
  }
}

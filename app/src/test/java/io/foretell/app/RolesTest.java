package io.foretell.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.app.Config.InvalidConfigException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RolesTest {
  @TempDir private Path folder;

  private Config config(String... pairs) {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("data", folder.resolve("data").toString());
    for (int i = 0; i < pairs.length; i += 2) {
      flags.put(pairs[i], pairs[i + 1]);
    }
    return Config.of(Optional.empty(), Map.of(), flags);
  }

  @Test
  void roles_notGiven_areAllAndNeedNothing() {
    Role.check(config());
    assertThat(config().get(Config.ROLES)).containsExactlyInAnyOrder(Role.values());
    assertThat(Role.shared(config())).isFalse();
  }

  @Test
  void roles_thatAreNone_areRefused() {
    assertThatExceptionOfType(InvalidConfigException.class)
        .isThrownBy(() -> config("roles", "gateway,kitchen"))
        .withMessageContaining("roles are gateway, worker and desk");
  }

  @Test
  void roles_withoutWhatIsShared_areRefusedWithTheKeyToSet() {
    String[] keys = {"engine.kafka.bootstrap", "records.url", "history.influx.url", "shared"};
    String[] values = {"h:1", "jdbc:postgresql://h/d", "http://h:8086", folder + "/shared"};
    for (int given = 0; given <= keys.length; given++) {
      String[] pairs = new String[2 + 2 * given];
      pairs[0] = "roles";
      pairs[1] = "worker";
      for (int i = 0; i < given; i++) {
        pairs[2 + 2 * i] = keys[i];
        pairs[3 + 2 * i] = values[i];
      }
      Config config = config(pairs);
      if (given == keys.length) {
        Role.check(config);
      } else {
        assertThatExceptionOfType(InvalidConfigException.class)
            .isThrownBy(() -> new Server(config, InstantSource.system()))
            .withMessageContaining("roles = worker")
            .withMessageContaining("need " + keys[given]);
      }
    }
  }

  @Test
  void gateway_inAFolderWithoutTheSharedSecrets_isRefused() {
    Config config =
        config(
            "roles",
            "gateway",
            "engine.kafka.bootstrap",
            "127.0.0.1:9",
            "records.url",
            "jdbc:postgresql://127.0.0.1:9/none",
            "history.influx.url",
            "http://127.0.0.1:9",
            "shared",
            folder.resolve("nothing").toString());
    assertThatExceptionOfType(InvalidConfigException.class)
        .isThrownBy(() -> new Server(config, InstantSource.system()))
        .withMessageContaining("admin.token")
        .withMessageContaining("role desk first");
  }
}

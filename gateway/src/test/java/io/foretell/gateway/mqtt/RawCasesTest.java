package io.foretell.gateway.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.gateway.identity.KeySeal;
import io.foretell.gateway.identity.LiteDatabase;
import io.foretell.gateway.identity.Registry;
import io.foretell.gateway.identity.sql.SqlDeviceStore;
import io.vertx.core.json.JsonObject;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Raw packets, one case at a time: a malformed one must make the server close, a correct one must
 * be answered with packets of the right types and leave the connection alive. The cases are those
 * of the Mosquitto project's own test suite.
 */
final class RawCasesTest {
  private static final int CASES = 729;

  @TempDir Path folder;

  @Test
  void every_case_is_answered_as_the_standard_says() throws IOException {
    Path file =
        Path.of(System.getProperty("foretell.shared", "none"), "data/mqtt_raw_cases/cases.jsonl");
    Assumptions.assumeTrue(Files.exists(file), "the recorded cases are not here: " + file);
    List<String> failures = new ArrayList<>();
    List<String> lines = Files.readAllLines(file);
    try (TestGateway gateway = TestGateway.open(register())) {
      for (int k = 0; k < lines.size(); k++) {
        JsonObject one = new JsonObject(lines.get(k));
        Optional<String> failure = judge(gateway, one, k);
        String name = one.getString("group") + " | " + one.getString("name");
        failure.ifPresent(why -> failures.add(name + " | " + why));
      }
    }
    assertThat(lines).hasSize(CASES);
    assertThat(failures).isEmpty();
  }

  private Registry register() {
    DataSource database = LiteDatabase.at(folder.resolve("records.db"));
    KeySeal seal = new KeySeal(new byte[32]);
    return new Registry(new SqlDeviceStore(database), seal, InstantSource.system(), true);
  }

  private static Optional<String> judge(TestGateway gateway, JsonObject one, int k) {
    try (ScriptedPeer peer = gateway.peer()) {
      if (one.getBoolean("connect")) {
        peer.greeted(one.getInteger("version"), "c" + k);
      }
      boolean mustClose = one.getBoolean("close");
      for (Object step : one.getJsonArray("messages")) {
        Optional<String> failure = play(peer, (JsonObject) step, mustClose);
        if (failure.isPresent()) {
          return failure;
        }
      }
      if (mustClose) {
        return closesWithoutFarewell(peer);
      }
      return peer.alive() ? Optional.empty() : Optional.of("closed a valid connection");
    } catch (IOException | AssertionError e) {
      return Optional.of(e.toString());
    }
  }

  private static Optional<String> play(ScriptedPeer peer, JsonObject step, boolean mustClose)
      throws IOException {
    String payload = step.getString("payload");
    if (step.getString("type").equals("send")) {
      try {
        peer.send(payload);
      } catch (SocketException closed) {
        // the server may have gone already; what follows tells
      }
    } else if (step.getString("type").equals("recv") && !mustClose) {
      int want = Integer.parseInt(payload.substring(0, 1), 16);
      ScriptedPeer.Packet got = peer.read();
      if (got.type() != want) {
        return Optional.of("got " + got.hex() + ", want type " + want);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> closesWithoutFarewell(ScriptedPeer peer) throws IOException {
    try {
      for (Optional<ScriptedPeer.Packet> next = peer.tryRead();
          next.isPresent();
          next = peer.tryRead()) {
        byte[] body = next.get().body();
        if (next.get().type() == 14 && body.length > 0 && (body[0] & 0xFF) < 0x80) {
          return Optional.of("normal DISCONNECT");
        }
      }
      return Optional.empty();
    } catch (SocketTimeoutException e) {
      return Optional.of("stays open");
    } catch (SocketException | EOFException e) {
      return Optional.empty();
    }
  }
}

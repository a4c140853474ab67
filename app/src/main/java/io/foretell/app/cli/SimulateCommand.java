package io.foretell.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.agent.simulate.Behaviour;
import io.foretell.agent.simulate.VehicleSession;
import io.foretell.app.client.ApiClient;
import io.foretell.app.client.CommandFailed;
import io.foretell.app.demo.Fleet;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code foretell simulate}. */
@Command(
    name = "simulate",
    description = "A fleet of electric vehicles whose fault comes from their software.",
    footer = {
      "",
      "Registers the vehicles, then drives them until it is stopped. Software 1.0.0 drives the coolant",
      "pump too little; an artifact of component inverter-control cures it:",
      "  {\"component\":\"inverter-control\",\"version\":\"1.0.1\",",
      "   \"behaviour\":{\"coolantPumpDuty\":0.8,\"starts\":true}}"
    })
final class SimulateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ServerOptions server;

  @Option(
      names = "--vehicles",
      defaultValue = "10",
      description = "How many (default: ${DEFAULT-VALUE}).")
  private int vehicles;

  @Option(
      names = "--coap",
      defaultValue = "0",
      description = "How many of them do everything over CoAP with DTLS; the others use MQTT.")
  private int coap;

  @Option(names = "--prefix", defaultValue = "ev", description = "Of their names.")
  private String prefix;

  @Option(names = "--duty", defaultValue = "0.2", description = "Pump duty of software 1.0.0.")
  private double duty;

  @Option(names = "--period", defaultValue = "1000", description = "Milliseconds between reports.")
  private long period;

  @Option(names = "--seconds", defaultValue = "0", description = "Stop after so long; 0: never.")
  private long seconds;

  @Override
  public Integer call() throws IOException, InterruptedException {
    ApiClient api = server.client();
    JsonNode ports = api.get("/server", Map.of()).path("ports");
    ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
    ExecutorService blocking = Executors.newCachedThreadPool();
    PrintWriter out = spec.commandLine().getOut();
    try (Fleet fleet =
        new Fleet(
            Path.of("./data/simulated").resolve(prefix),
            new Fleet.Doors(
                URI.create("http://127.0.0.1:" + ports.path("http").asInt()),
                "tcp://127.0.0.1:" + ports.path("mqtt").asInt(),
                new InetSocketAddress("127.0.0.1", ports.path("coaps").asInt())),
            scheduler,
            blocking,
            InstantSource.system(),
            new VehicleSession.Pace(period, period / 1000.0))) {
      for (int i = 1; i <= vehicles; i++) {
        String device = String.format("%s-%03d", prefix, i);
        fleet.add(
            identity(api, device),
            i <= coap ? Fleet.Way.COAP : Fleet.Way.MQTT,
            Behaviour.image("1.0.0", duty, true),
            i);
      }
      out.println(vehicles + " vehicles drive.");
      out.flush();
      CountDownLatch never = new CountDownLatch(1);
      if (seconds > 0) {
        never.await(seconds, TimeUnit.SECONDS);
      } else {
        never.await();
      }
      return 0;
    } finally {
      scheduler.shutdownNow();
      blocking.shutdownNow();
    }
  }

  /**
   * Registers a vehicle; one that is there gets new secrets, as the old ones are not known here.
   */
  private Fleet.Identity identity(ApiClient api, String device) {
    JsonNode issued;
    try {
      issued =
          api.post(
              "/devices",
              server.query(),
              Map.of("id", device, "model", Fleet.MODEL, "hardware", Fleet.HARDWARE));
    } catch (CommandFailed e) {
      issued = api.post("/devices/" + device + "/rotate", server.query(), Map.of());
    }
    return new Fleet.Identity(
        issued.path("device").asText(), issued.path("token").asText(), issued.path("psk").asText());
  }
}

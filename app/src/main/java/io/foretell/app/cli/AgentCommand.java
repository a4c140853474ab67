package io.foretell.app.cli;

import io.foretell.agent.Agent;
import io.foretell.agent.FileSpool;
import io.foretell.agent.Link;
import io.foretell.agent.Numbering;
import io.foretell.agent.coap.CoapLink;
import io.foretell.agent.mqtt.MqttLink;
import io.foretell.agent.recording.CandumpRecording;
import io.foretell.agent.recording.Due;
import io.foretell.agent.recording.Recordings;
import io.foretell.agent.recording.Replay;
import io.foretell.app.client.CommandFailed;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code foretell agent}. */
@Command(
    name = "agent",
    description = "One device: replays a recorded CAN log, and keeps what the server has not got.",
    footer = {
      "",
      "  foretell agent truck-7 --to tcp://127.0.0.1:1883 --token TOKEN --log LOG.candump",
      "  foretell agent truck-7 --to coaps://127.0.0.1:5684 --psk PSK --log LOG.candump.gz",
      "",
      "Event times are moved so that the log ends when the replay does."
    })
final class AgentCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DEVICE", description = "Its name, as registered.")
  private String device;

  @Option(names = "--to", required = true, paramLabel = "URI", description = "tcp:, ssl: or coaps:")
  private URI to;

  @Option(names = "--token", description = "For MQTT.")
  private @Nullable String token;

  @Option(names = "--psk", description = "For CoAP over DTLS.")
  private @Nullable String psk;

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description = "A candump log; else the truck's own.")
  private @Nullable Path log;

  @Option(names = "--speed", defaultValue = "1", description = "Times as fast as recorded.")
  private double speed;

  @Option(
      names = "--spool",
      paramLabel = "FILE",
      defaultValue = "./data/agent.spool",
      description = "Keeps unacknowledged messages over restarts (default: ${DEFAULT-VALUE}).")
  private Path spool;

  @Override
  public Integer call() throws IOException, InterruptedException {
    InstantSource clock = InstantSource.system();
    ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
    ExecutorService blocking = Executors.newCachedThreadPool();
    List<Due> due = recording(clock.millis());
    try (FileSpool kept = new FileSpool(spool, 100_000);
        Agent agent =
            new Agent(
                device,
                link(),
                kept,
                scheduler,
                blocking,
                Agent.Settings.DEFAULT,
                command -> spec.commandLine().getErr().println("command: " + command.getVerb()));
        ProgressBar bar = new ProgressBar("acknowledged", due.size())) {
      agent.start();
      Replay.Outcome outcome =
          new Replay(agent, due, speed, scheduler, clock, bar::stepTo)
              .start()
              .toCompletableFuture()
              .get();
      spec.commandLine()
          .getOut()
          .printf(
              "{\"acknowledged\":%d,\"unusable\":%d}%n",
              outcome.acknowledged(), outcome.unusable());
      return 0;
    } catch (ExecutionException e) {
      throw new CommandFailed("the replay failed: " + e.getCause());
    } finally {
      scheduler.shutdownNow();
      blocking.shutdownNow();
    }
  }

  private List<Due> recording(long now) throws IOException {
    try (BufferedReader lines =
        log == null ? Recordings.open(Recordings.TRUCK) : Recordings.open(log)) {
      return CandumpRecording.read(lines, 500, now, new Numbering(now));
    }
  }

  private Link link() {
    if (to.getScheme().equals("coaps")) {
      if (psk == null) {
        throw new CommandFailed("coaps: needs --psk");
      }
      return CoapLink.dtls(
          new InetSocketAddress(to.getHost(), to.getPort()),
          device,
          psk.getBytes(StandardCharsets.US_ASCII),
          true);
    }
    return new MqttLink(to.toString(), device, token);
  }
}

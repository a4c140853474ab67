package io.foretell.app.kill;

import io.foretell.agent.Ack;
import io.foretell.agent.Agent;
import io.foretell.agent.Link;
import io.foretell.agent.LinkException;
import io.foretell.agent.MemorySpool;
import io.foretell.agent.Message;
import io.foretell.agent.Numbering;
import io.foretell.agent.mqtt.MqttLink;
import io.foretell.proto.v1.CommandReply;
import io.foretell.proto.v1.DeviceCommand;
import io.foretell.proto.v1.FaultCode;
import io.foretell.proto.v1.FaultReport;
import io.foretell.proto.v1.Report;
import io.foretell.proto.v1.Series;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A device that reports as fast as it is acknowledged. Its n-th report has one sample: the value n,
 * at event time {@code base + n} ms. So what the server has of it can be told one by one.
 */
public final class NumberedDevice implements AutoCloseable {
  /** The signal of its reports. */
  public static final String SIGNAL = "test.number";

  private static final int OUTSTANDING = 64;
  private static final int REPORTS_PER_FAULT = 100;
  private static final int REPORTS_PER_CODE = 700;
  private static final int CYLINDERS = 12;
  private static final String SAME = "P0301";
  private static final int FAILED_AND_CONFIRMED = 0x0B;

  private final String name;
  private final String token;
  private final Supplier<String> address;
  private final BiFunction<String, String, Link> links;
  private final Executor blocking;
  private final long base;
  private final Numbering numbering;
  private final Agent agent;
  private final BitSet acknowledged = new BitSet();
  private final Set<String> codes = new TreeSet<>();
  private final Map<String, Integer> commands = new TreeMap<>();
  private int sent;
  private int refused;
  private int connections;
  private boolean feeding = true;

  /**
   * One that reports over MQTT with QoS 1, and has not begun.
   *
   * @param address {@code tcp://host:port} of the server that runs now; empty: there is none
   */
  public NumberedDevice(
      String name,
      String token,
      Supplier<String> address,
      ScheduledExecutorService scheduler,
      Executor blocking,
      long base) {
    this(
        name,
        token,
        address,
        (server, secret) -> new MqttLink(server, name, secret),
        scheduler,
        blocking,
        base);
  }

  /**
   * A device that has not begun.
   *
   * @param address of the server that runs now; empty: there is none
   * @param links a link from that address and the token
   */
  NumberedDevice(
      String name,
      String token,
      Supplier<String> address,
      BiFunction<String, String, Link> links,
      ScheduledExecutorService scheduler,
      Executor blocking,
      long base) {
    this.name = name;
    this.token = token;
    this.address = address;
    this.links = links;
    this.blocking = blocking;
    this.base = base;
    this.numbering = new Numbering(base);
    this.agent =
        new Agent(
            name,
            new Wandering(),
            new MemorySpool(100_000),
            scheduler,
            blocking,
            new Agent.Settings(16, 100, 400),
            this::answer);
  }

  /** Connects, and reports until it is told to {@link #finish}. */
  public void start() {
    agent.start();
    for (int i = 0; i < OUTSTANDING; i++) {
      report();
    }
  }

  private void report() {
    int n;
    CompletionStage<Ack> ack;
    synchronized (this) {
      if (!feeding) {
        return;
      }
      n = ++sent;
      ack = agent.offer(Message.own("telemetry", sample(n)));
      if (n % REPORTS_PER_FAULT == 0) {
        agent.offer(Message.own("faults", fault(n))).thenAccept(this::judge);
      }
    }
    ack.thenAcceptAsync(
        answer -> {
          judge(answer);
          synchronized (this) {
            acknowledged.set(n);
          }
          report();
        },
        blocking);
  }

  private void answer(DeviceCommand command) {
    CommandReply reply;
    synchronized (this) {
      commands.merge(command.getId(), 1, Integer::sum);
      reply =
          CommandReply.newBuilder()
              .setOrigin(numbering.next())
              .setTime(base + sent)
              .setCommandId(command.getId())
              .setOutcome(CommandReply.Outcome.DONE)
              .build();
    }
    agent.offer(Message.own("replies", reply)).thenAccept(this::judge);
  }

  private synchronized void judge(Ack ack) {
    refused += ack.usable() ? 0 : 1;
  }

  private Report sample(int n) {
    return Report.newBuilder()
        .setOrigin(numbering.next())
        .setBaseTime(base + n)
        .addSeries(Series.newBuilder().setSignal(SIGNAL).addValue(n))
        .build();
  }

  /** The same fault again and again, and with it others that come up one after the other. */
  private FaultReport fault(int n) {
    String other = String.format("P03%02d", 1 + Math.min(CYLINDERS - 1, n / REPORTS_PER_CODE));
    FaultReport.Builder report =
        FaultReport.newBuilder().setOrigin(numbering.next()).setTime(base + n).setSource("ecm");
    for (String code : other.equals(SAME) ? List.of(SAME) : List.of(SAME, other)) {
      codes.add(code);
      report.addFaults(FaultCode.newBuilder().setCode(code).setStatus(FAILED_AND_CONFIRMED));
    }
    return report.build();
  }

  /** Reports nothing new from now on. */
  public synchronized void finish() {
    feeding = false;
  }

  public String name() {
    return name;
  }

  /** How many reports it has made. */
  public synchronized int sent() {
    return sent;
  }

  /** How many messages were acknowledged as of no use. */
  public synchronized int refused() {
    return refused;
  }

  /** The numbers of the reports that the server has acknowledged. */
  public synchronized BitSet acknowledged() {
    return (BitSet) acknowledged.clone();
  }

  /** The fault codes that it has told of. */
  public synchronized Set<String> codes() {
    return Set.copyOf(codes);
  }

  /** The commands that it has got, and how often. */
  public synchronized Map<String, Integer> commands() {
    return Map.copyOf(commands);
  }

  /** How often it has connected, or tried to; what is not answered comes again each time. */
  public synchronized int connections() {
    return connections;
  }

  /** How many messages the server has not acknowledged. */
  public int backlog() {
    return agent.backlog();
  }

  @Override
  public void close() {
    finish();
    agent.close();
  }

  /** A link to whichever server runs when it connects. */
  private final class Wandering implements Link {
    private @Nullable Link current;

    @Override
    public void connect(Consumer<DeviceCommand> commands, Runnable lost) {
      close();
      String server = address.get();
      if (server.isEmpty()) {
        throw new LinkException("no server runs", false);
      }
      Link fresh = links.apply(server, token);
      synchronized (this) {
        current = fresh;
      }
      synchronized (NumberedDevice.this) {
        connections++;
      }
      fresh.connect(commands, lost);
    }

    @Override
    public CompletionStage<Ack> send(Message message) {
      Link link;
      synchronized (this) {
        link = current;
      }
      if (link == null) {
        return CompletableFuture.failedFuture(new LinkException("not connected", false));
      }
      return link.send(message);
    }

    @Override
    public void close() {
      Link link;
      synchronized (this) {
        link = current;
        current = null;
      }
      if (link != null) {
        link.close();
      }
    }
  }
}

package io.foretell.agent.simulate;

import com.google.protobuf.MessageLite;
import io.foretell.agent.Agent;
import io.foretell.agent.Link;
import io.foretell.agent.MemorySpool;
import io.foretell.agent.Message;
import io.foretell.agent.Numbering;
import io.foretell.agent.update.InstallOrder;
import io.foretell.agent.update.SoftwareImage;
import io.foretell.agent.update.UpdateProgress;
import io.foretell.agent.update.Updater;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.v1.CommandReply;
import io.foretell.proto.v1.DeviceCommand;
import io.foretell.proto.v1.UpdateStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A simulated vehicle that is connected: it drives, reports, and obeys commands, updates among
 * them. What it answered to a command it answers again when the same command comes again.
 */
public final class VehicleSession implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(VehicleSession.class);
  private static final int ANSWERS_KEPT = 64;
  private static final int SPOOL = 10_000;
  private static final long RESUME_MILLIS = 2_000;

  private final String device;
  private final SimulatedVehicle vehicle;
  private final Numbering numbering;
  private final Updater updater;
  private final Agent agent;
  private final ScheduledExecutorService scheduler;
  private final Executor mailbox;
  private final InstantSource clock;
  private final Pace pace;
  private final Map<String, CommandReply> answers = new LinkedHashMap<>();
  private @Nullable ScheduledFuture<?> driving;

  /**
   * How a vehicle lives.
   *
   * @param stepMillis between two reports
   * @param secondsPerStep how much of the vehicle's own time passes
   */
  public record Pace(long stepMillis, double secondsPerStep) {}

  /**
   * Makes a session; {@link #start} brings it to life.
   *
   * @param updater given its listener of progress, makes the updater
   * @param blocking for what blocks
   */
  public VehicleSession(
      String device,
      SimulatedVehicle vehicle,
      Numbering numbering,
      Link link,
      Function<Consumer<UpdateProgress>, Updater> updater,
      ScheduledExecutorService scheduler,
      Executor blocking,
      InstantSource clock,
      Pace pace) {
    this.device = device;
    this.vehicle = vehicle;
    this.numbering = numbering;
    this.scheduler = scheduler;
    this.mailbox = new Mailbox(blocking);
    this.clock = clock;
    this.pace = pace;
    this.updater = updater.apply(this::report);
    this.agent =
        new Agent(
            device,
            link,
            new MemorySpool(SPOOL),
            scheduler,
            blocking,
            Agent.Settings.DEFAULT,
            command -> mailbox.execute(() -> obey(command)));
  }

  /** Boots, connects and drives off. */
  public void start() {
    agent.start();
    mailbox.execute(
        () -> {
          boot();
          again();
        });
    driving =
        scheduler.scheduleAtFixedRate(
            () -> mailbox.execute(this::drive),
            pace.stepMillis(),
            pace.stepMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void boot() {
    try {
      updater.boot();
      Path image = updater.image(Behaviour.COMPONENT).orElseThrow();
      vehicle.run(Behaviour.of(SoftwareImage.parse(Files.readAllBytes(image))));
    } catch (IOException e) {
      throw new UncheckedIOException(device + " cannot read its software", e);
    }
  }

  private void drive() {
    for (Message message : vehicle.step(clock.millis(), pace.secondsPerStep())) {
      agent.offer(message);
    }
  }

  private void obey(DeviceCommand command) {
    CommandReply before = answers.get(command.getId());
    if (before != null) {
      say("replies", before);
      return;
    }
    if (clock.millis() > command.getExpiresAt()) {
      answer(command, CommandReply.Outcome.EXPIRED, "it came too late");
      return;
    }
    switch (command.getVerb()) {
      case "install" -> install(command);
      case "reboot" -> {
        boot();
        answer(command, CommandReply.Outcome.DONE, "booted");
      }
      case "read-faults" -> {
        drive();
        answer(
            command, CommandReply.Outcome.DONE, vehicle.failed() ? SimulatedVehicle.CODE : "none");
      }
      default -> answer(command, CommandReply.Outcome.REFUSED, "unknown verb " + command.getVerb());
    }
  }

  private void install(DeviceCommand command) {
    try {
      InstallOrder order =
          InstallOrder.parse(command.getId(), command.getArguments(), command.getExpiresAt());
      finish(updater.install(order));
      answer(command, CommandReply.Outcome.ACCEPTED, "see the update's own reports");
    } catch (InvalidInputException e) {
      answer(command, CommandReply.Outcome.REFUSED, e.reason() + ": " + e.detail());
    } catch (IOException e) {
      log.warn("{}: installing: {}", device, e.getMessage());
      answer(command, CommandReply.Outcome.FAILED, String.valueOf(e.getMessage()));
    }
  }

  private void finish(Updater.Result result) {
    switch (result) {
      case RESTART_NEEDED -> boot();
      case INTERRUPTED ->
          scheduler.schedule(
              () -> mailbox.execute(this::again), RESUME_MILLIS, TimeUnit.MILLISECONDS);
      case CONCLUDED -> log.debug("{}: the order is concluded", device);
    }
  }

  private void again() {
    try {
      updater.resume().ifPresent(this::finish);
    } catch (IOException e) {
      log.warn("{}: going on with an update: {}", device, e.getMessage());
    }
  }

  private void answer(DeviceCommand command, CommandReply.Outcome outcome, String detail) {
    CommandReply reply =
        CommandReply.newBuilder()
            .setOrigin(numbering.next())
            .setTime(clock.millis())
            .setCommandId(command.getId())
            .setOutcome(outcome)
            .setDetail(detail)
            .putProof(Behaviour.COMPONENT, vehicle.software().version())
            .build();
    answers.put(command.getId(), reply);
    if (answers.size() > ANSWERS_KEPT) {
      answers.remove(answers.keySet().iterator().next());
    }
    say("replies", reply);
  }

  private void report(UpdateProgress progress) {
    UpdateStatus.Step step = UpdateStatus.Step.valueOf(progress.step().name());
    say(
        "updates",
        UpdateStatus.newBuilder()
            .setOrigin(numbering.next())
            .setTime(clock.millis())
            .setCampaignId(progress.campaign())
            .setStep(step)
            .setPercent(progress.percent())
            .setReason(progress.reason())
            .setDetail(progress.detail())
            .putAllSoftware(progress.software())
            .build());
  }

  private void say(String route, MessageLite body) {
    agent.offer(Message.own(route, body));
  }

  /** Its name. */
  public String device() {
    return device;
  }

  /** How many messages the server has not acknowledged. */
  public int backlog() {
    return agent.backlog();
  }

  @Override
  public void close() {
    if (driving != null) {
      driving.cancel(false);
    }
    agent.close();
  }
}

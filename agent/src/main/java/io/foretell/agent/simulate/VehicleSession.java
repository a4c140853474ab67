package io.foretell.agent.simulate;

import com.google.protobuf.MessageLite;
import io.foretell.agent.Agent;
import io.foretell.agent.Link;
import io.foretell.agent.MemorySpool;
import io.foretell.agent.Message;
import io.foretell.agent.Numbering;
import io.foretell.agent.update.InstallOrder;
import io.foretell.agent.update.UpdateProgress;
import io.foretell.agent.update.Updater;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.v1.CommandReply;
import io.foretell.proto.v1.DeviceCommand;
import io.foretell.proto.v1.UpdateStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A simulated vehicle that is connected: it drives, reports, and obeys commands, updates among
 * them. What it answered to a command it answers again when the same command comes again.
 *
 * <p>An {@code install} is answered twice: ACCEPTED when it begins, and after the boot that follows
 * DONE, with the component and the version that runs as proof, or FAILED. A REFUSED or FAILED reply
 * carries its reason code as {@code reason} in the proof.
 */
public final class VehicleSession implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(VehicleSession.class);
  private static final int SPOOL = 10_000;
  private static final long RESUME_MILLIS = 2_000;

  private final String device;
  private final SimulatedVehicle vehicle;
  private final Numbering numbering;
  private final Installation installation;
  private final Agent agent;
  private final ScheduledExecutorService scheduler;
  private final Executor mailbox;
  private final InstantSource clock;
  private final Pace pace;
  private final Answers answers;
  private final AtomicBoolean driveWaits = new AtomicBoolean();
  private volatile boolean closed;
  private volatile @Nullable ScheduledFuture<?> driving;

  /**
   * How a vehicle lives.
   *
   * @param stepMillis between two reports
   * @param secondsPerStep how much of the vehicle's own time passes
   */
  public record Pace(long stepMillis, double secondsPerStep) {}

  /**
   * Makes a session whose answers are kept as long as the process lives; {@link #start} brings it
   * to life.
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
    this(device, vehicle, numbering, link, updater, scheduler, blocking, clock, pace, null);
  }

  /**
   * Makes a session that also knows after a restart of the process what it has answered, and which
   * command it still owes an answer.
   *
   * @param answers the file for that; null for none
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
      Pace pace,
      @Nullable Path answers) {
    this.device = device;
    this.vehicle = vehicle;
    this.numbering = numbering;
    this.scheduler = scheduler;
    this.mailbox = new Mailbox(device, blocking);
    this.clock = clock;
    this.pace = pace;
    this.answers = new Answers(answers);
    this.installation = new Installation(device, vehicle, updater, this::report);
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
    mailbox.execute(this::wake);
    agent.start();
    driving =
        scheduler.scheduleAtFixedRate(
            this::driveSoon, pace.stepMillis(), pace.stepMillis(), TimeUnit.MILLISECONDS);
  }

  private void wake() {
    try {
      installation.boot();
    } catch (IOException e) {
      log.error("{}: cannot read its software, and runs what it was made with", device, e);
    }
    goOn();
  }

  /** At most one step waits: while an update is under way none pile up. */
  private void driveSoon() {
    if (driveWaits.compareAndSet(false, true)) {
      mailbox.execute(
          () -> {
            driveWaits.set(false);
            drive();
          });
    }
  }

  private void drive() {
    for (Message message : vehicle.step(clock.millis(), pace.secondsPerStep())) {
      offer(message);
    }
  }

  private void obey(DeviceCommand command) {
    Optional<CommandReply> before = answers.to(command.getId());
    if (before.isPresent()) {
      // Under a new number: the server may have the old one already and drop it as a duplicate.
      say("replies", before.get().toBuilder().setOrigin(numbering.next()).build());
      return;
    }
    if (clock.millis() >= command.getExpiresAt()) {
      answer(command, CommandReply.Outcome.EXPIRED, "it came too late", Map.of());
      return;
    }
    Optional<String> unmet = Preconditions.unmet(command.getPreconditionsList(), vehicle);
    if (unmet.isPresent()) {
      refuse(command, ReasonCode.PRECONDITION_FAILED, unmet.get());
      return;
    }
    switch (command.getVerb()) {
      case "install" -> install(command);
      case "reboot" -> reboot(command);
      case "read-faults" -> readFaults(command);
      default -> refuse(command, ReasonCode.NOT_FOUND, "unknown verb '" + command.getVerb() + "'");
    }
  }

  private void reboot(DeviceCommand command) {
    try {
      installation.boot();
      answer(command, CommandReply.Outcome.DONE, "booted", software());
    } catch (IOException e) {
      fail(command, ReasonCode.STORAGE_UNAVAILABLE.name(), String.valueOf(e.getMessage()));
    }
  }

  private void readFaults(DeviceCommand command) {
    offer(vehicle.faultReport(clock.millis()));
    String faults = vehicle.failed() ? SimulatedVehicle.CODE : "none";
    answer(command, CommandReply.Outcome.DONE, faults, Map.of("faults", faults));
  }

  private Map<String, String> software() {
    return Map.of(Behaviour.COMPONENT, vehicle.software().version());
  }

  private void install(DeviceCommand command) {
    InstallOrder order;
    try {
      order = order(command);
    } catch (InvalidInputException e) {
      refuse(command, e.reason(), e.detail());
      return;
    }
    answers
        .owed()
        .ifPresent(
            other ->
                fail(other, ReasonCode.CONFLICT.name(), "given up for command " + command.getId()));
    CommandReply reply = reply(command, CommandReply.Outcome.ACCEPTED, "begun", Map.of());
    keep(() -> answers.accepted(command, reply));
    say("replies", reply);
    conclude(() -> installation.install(order));
  }

  private static InstallOrder order(DeviceCommand command) {
    return InstallOrder.parse(command.getId(), command.getArguments(), command.getExpiresAt());
  }

  /** Goes on with what was interrupted, by the network or by a restart of the process. */
  private void goOn() {
    Optional<DeviceCommand> owed = answers.owed();
    try {
      Optional<InstallOrder> order = owed.map(VehicleSession::order);
      conclude(() -> installation.resume(order));
    } catch (InvalidInputException e) {
      owed.ifPresent(command -> fail(command, e.reason().name(), e.detail()));
    }
  }

  private interface Step {
    Installation.Verdict take() throws IOException;
  }

  private void conclude(Step step) {
    Optional<DeviceCommand> owed = answers.owed();
    Installation.Verdict verdict;
    try {
      verdict = step.take();
    } catch (IOException e) {
      log.warn("{}: installing: {}", device, e.getMessage());
      owed.ifPresent(
          command ->
              fail(command, ReasonCode.STORAGE_UNAVAILABLE.name(), String.valueOf(e.getMessage())));
      return;
    }
    switch (verdict.kind()) {
      case INTERRUPTED -> later();
      case NOTHING -> log.debug("{}: no installation is under way", device);
      case RUNS ->
          owed.ifPresent(
              command ->
                  answer(command, CommandReply.Outcome.DONE, verdict.detail(), verdict.software()));
      case FAILED -> owed.ifPresent(command -> fail(command, verdict.reason(), verdict.detail()));
    }
  }

  private void later() {
    if (!closed) {
      scheduler.schedule(() -> mailbox.execute(this::goOn), RESUME_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void refuse(DeviceCommand command, ReasonCode reason, String detail) {
    answer(
        command,
        CommandReply.Outcome.REFUSED,
        reason + ": " + detail,
        Map.of("reason", reason.name()));
  }

  private void fail(DeviceCommand command, String reason, String detail) {
    answer(command, CommandReply.Outcome.FAILED, reason + ": " + detail, Map.of("reason", reason));
  }

  private void answer(
      DeviceCommand command,
      CommandReply.Outcome outcome,
      String detail,
      Map<String, String> proof) {
    CommandReply reply = reply(command, outcome, detail, proof);
    keep(() -> answers.answered(reply));
    say("replies", reply);
  }

  private CommandReply reply(
      DeviceCommand command,
      CommandReply.Outcome outcome,
      String detail,
      Map<String, String> proof) {
    return CommandReply.newBuilder()
        .setOrigin(numbering.next())
        .setTime(clock.millis())
        .setCommandId(command.getId())
        .setOutcome(outcome)
        .setDetail(detail)
        .putAllProof(proof)
        .build();
  }

  private interface Keeping {
    void run() throws IOException;
  }

  private void keep(Keeping answer) {
    try {
      answer.run();
    } catch (IOException e) {
      log.warn("{}: the answer will be forgotten with a restart: {}", device, e.getMessage());
    }
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
    offer(Message.own(route, body));
  }

  private void offer(Message message) {
    agent
        .offer(message)
        .whenComplete(
            (ack, failure) -> {
              if (ack != null && !ack.usable()) {
                log.warn("{}: {} is rejected: {}", device, message.path(), ack.reason());
              }
            });
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
    closed = true;
    ScheduledFuture<?> steps = driving;
    if (steps != null) {
      steps.cancel(false);
    }
    agent.close();
  }
}

package io.foretell.agent.simulate;

import io.foretell.agent.update.InstallOrder;
import io.foretell.agent.update.SoftwareImage;
import io.foretell.agent.update.UpdateProgress;
import io.foretell.agent.update.Updater;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Telemetry.UpdateStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A vehicle's updater, followed to the end of an order: it boots where the updater asks for it, and
 * says what runs then.
 *
 * <p>Not safe for several threads.
 */
final class Installation {
  private static final Logger log = LoggerFactory.getLogger(Installation.class);
  private static final Set<UpdateStep> LAST_STEPS =
      EnumSet.of(UpdateStep.RUNNING, UpdateStep.ROLLED_BACK, UpdateStep.FAILED, UpdateStep.REFUSED);

  private final String device;
  private final SimulatedVehicle vehicle;
  private final Updater updater;
  private final Consumer<UpdateProgress> progress;
  private @Nullable UpdateProgress last;

  /** How an order ended, if it did. */
  enum Kind {
    RUNS,
    FAILED,
    INTERRUPTED,
    NOTHING
  }

  /**
   * What came of an order.
   *
   * @param reason reason code of a failure; empty otherwise
   * @param software where it runs: the component and its version
   */
  record Verdict(Kind kind, String reason, String detail, Map<String, String> software) {
    static final Verdict INTERRUPTED = new Verdict(Kind.INTERRUPTED, "", "", Map.of());
    static final Verdict NOTHING = new Verdict(Kind.NOTHING, "", "", Map.of());

    static Verdict failed(String reason, String detail) {
      return new Verdict(Kind.FAILED, reason, detail, Map.of());
    }
  }

  Installation(
      String device,
      SimulatedVehicle vehicle,
      Function<Consumer<UpdateProgress>, Updater> updater,
      Consumer<UpdateProgress> progress) {
    this.device = device;
    this.vehicle = vehicle;
    this.progress = progress;
    this.updater = updater.apply(this::heard);
  }

  private void heard(UpdateProgress step) {
    if (LAST_STEPS.contains(step.step())) {
      last = step;
    }
    progress.accept(step);
  }

  /** Starts the device: the vehicle runs what its updater has chosen. */
  void boot() throws IOException {
    updater.boot();
    Optional<Path> image = updater.image(Behaviour.COMPONENT);
    if (image.isEmpty()) {
      log.error("{} has no {}", device, Behaviour.COMPONENT);
      return;
    }
    try {
      vehicle.run(Behaviour.of(SoftwareImage.parse(Files.readAllBytes(image.get()))));
    } catch (InvalidInputException e) {
      log.error("{}: its software cannot be run: {}", device, e.detail());
    }
  }

  /** Carries out an order. */
  Verdict install(InstallOrder order) throws IOException {
    last = null;
    return follow(updater.install(order), Optional.of(order));
  }

  /**
   * Goes on after an interruption.
   *
   * @param owed the order that nobody knows the end of yet
   */
  Verdict resume(Optional<InstallOrder> owed) throws IOException {
    last = null;
    Optional<Updater.Result> result = updater.resume();
    if (result.isPresent()) {
      return follow(result.get(), owed);
    }
    // It ended, or never began, before the process did: the updater knows orders by their ids.
    return owed.isPresent() ? install(owed.get()) : Verdict.NOTHING;
  }

  private Verdict follow(Updater.Result result, Optional<InstallOrder> order) throws IOException {
    switch (result) {
      case RESTART_NEEDED -> boot();
      case INTERRUPTED -> {
        return Verdict.INTERRUPTED;
      }
      case CONCLUDED -> log.debug("{}: the order is concluded", device);
    }
    return order.isPresent() ? verdict(order.get()) : Verdict.NOTHING;
  }

  private Verdict verdict(InstallOrder order) throws IOException {
    UpdateProgress end = last;
    if (end == null || !end.campaign().equals(order.campaign())) {
      return Verdict.failed(ReasonCode.INTERNAL.name(), "nobody knows what came of it");
    }
    if (end.step() != UpdateStep.RUNNING) {
      return Verdict.failed(end.reason(), end.detail());
    }
    String runs = running(order.component());
    return runs.equals(order.version())
        ? new Verdict(Kind.RUNS, "", end.detail(), Map.of(order.component(), runs))
        : Verdict.failed(
            ReasonCode.CONFLICT.name(), "asked for " + order.version() + ", runs " + runs);
  }

  /** What the vehicle itself runs counts, not what its updater has written. */
  private String running(String component) throws IOException {
    return component.equals(Behaviour.COMPONENT)
        ? vehicle.software().version()
        : updater.software().getOrDefault(component, "nothing");
  }
}

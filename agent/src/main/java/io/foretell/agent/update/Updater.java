package io.foretell.agent.update;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Telemetry.UpdateStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Updates the device's software: an order is checked against the signed metadata, downloaded,
 * written into the slot that does not run, and tried at the next {@link #boot}. What does not come
 * up is left again, by the device itself.
 *
 * <p>Every refusal is reported with its reason. The process may die between any two writes: the
 * device then runs what it ran, or the new software, never half of it; {@link #boot} and {@link
 * #resume} go on from there. One thread at a time.
 */
public final class Updater {
  private static final Logger log = LoggerFactory.getLogger(Updater.class);
  private static final Pattern COMPONENT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final int PERCENT_STEP = 10;

  private final Path folder;
  private final Hardware hardware;
  private final SelfTest selfTest;
  private final Consumer<UpdateProgress> progress;
  private final InstantSource clock;
  private final Limits limits;
  private final Disk disk;
  private final TrustedMetadata metadata;
  private final Download download;

  /**
   * Limits of the device.
   *
   * @param maxImageBytes larger artifacts are refused
   * @param bootAttempts how often new software may be tried before the device goes back
   */
  public record Limits(long maxImageBytes, int bootAttempts) {
    /** 1 GiB, three attempts. */
    public static final Limits DEFAULT = new Limits(1L << 30, 3);

    /** Refuses limits under which nothing could be installed. */
    public Limits {
      if (maxImageBytes < 1 || bootAttempts < 1) {
        throw new IllegalArgumentException("limits of 1 or more");
      }
    }
  }

  /** How a try to install ended. */
  public enum Result {
    /** The new software waits in its slot for the next {@link Updater#boot}. */
    RESTART_NEEDED,
    /** Reported, and over: it runs already, was refused, or failed. */
    CONCLUDED,
    /** The server could not be reached; {@link Updater#resume} goes on. */
    INTERRUPTED
  }

  /**
   * @param folder where slots, metadata and unfinished work are kept; made where it is missing
   * @param trustedRoot the root metadata that the device was given when it was made
   * @param progress hears of each step, on the caller's thread
   */
  public Updater(
      Path folder,
      byte[] trustedRoot,
      Hardware hardware,
      Fetcher fetcher,
      SelfTest selfTest,
      Consumer<UpdateProgress> progress,
      InstantSource clock,
      Limits limits) {
    this(
        folder,
        trustedRoot,
        hardware,
        fetcher,
        selfTest,
        progress,
        clock,
        limits,
        new Disk(() -> {}));
  }

  Updater(
      Path folder,
      byte[] trustedRoot,
      Hardware hardware,
      Fetcher fetcher,
      SelfTest selfTest,
      Consumer<UpdateProgress> progress,
      InstantSource clock,
      Limits limits,
      Disk disk) {
    this.folder = folder;
    this.hardware = hardware;
    this.selfTest = selfTest;
    this.progress = progress;
    this.clock = clock;
    this.limits = limits;
    this.disk = disk;
    this.metadata = new TrustedMetadata(folder.resolve("metadata"), trustedRoot, fetcher, disk);
    this.download = new Download(folder.resolve("download"), fetcher, disk);
  }

  /**
   * Puts the first software of a component on the device; does nothing where it has some.
   *
   * @throws InvalidInputException where the component's name is none for a folder
   */
  public void provision(String component, String version, byte[] image) throws IOException {
    if (!COMPONENT.matcher(component).matches()) {
      throw new InvalidInputException(ReasonCode.INVALID_NAME, "component '" + component + "'");
    }
    if (slots(component).state().isEmpty()) {
      try {
        slots(component).provision(version, image);
      } catch (RefusedException e) {
        throw new IOException(e.detail(), e);
      }
    }
  }

  /** Component to version, as it runs. */
  public Map<String, String> software() throws IOException {
    Map<String, String> software = new TreeMap<>();
    for (String component : components()) {
      running(component).ifPresent(c -> software.put(component, c.version()));
    }
    return software;
  }

  /** The file of a component's running software; empty where it has none. */
  public Optional<Path> image(String component) throws IOException {
    return components().contains(component)
        ? running(component).map(Slots.Content::image)
        : Optional.empty();
  }

  /**
   * Carries out an order, once: where the same command comes again, what came of it is reported
   * again.
   */
  public Result install(InstallOrder order) throws IOException {
    if (!components().contains(order.component())) {
      report(
          order.campaign(),
          UpdateStep.REFUSED,
          0,
          ReasonCode.PRECONDITION_FAILED.name(),
          "the device has no component '" + order.component() + "'");
      return Result.CONCLUDED;
    }
    Slots slots = slots(order.component());
    BootState state = stateOf(slots);
    if (state.pendingCommand().equals(order.commandId())) {
      report(order.campaign(), UpdateStep.INSTALLED, 100, "", "waits for a restart");
      return Result.RESTART_NEEDED;
    }
    if (state.last().command().equals(order.commandId())) {
      reportOutcome(state.last());
      return Result.CONCLUDED;
    }
    if (clock.millis() >= order.expiresAt()) {
      return conclude(
          slots, order, UpdateStep.REFUSED, ReasonCode.EXPIRED, "the command has expired");
    }
    disk.write(orderFile(), order.bytes());
    report(order.campaign(), UpdateStep.RECEIVED, 0, "", "");
    return carryOut(slots, order);
  }

  /** Goes on with an order that was interrupted; empty where there is none. */
  public Optional<Result> resume() throws IOException {
    Optional<byte[]> bytes = disk.read(orderFile());
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    InstallOrder order;
    try {
      order = InstallOrder.read(bytes.get());
    } catch (RefusedException e) {
      log.error("unfinished order is not readable and is dropped: {}", e.detail());
      disk.delete(orderFile());
      return Optional.empty();
    }
    Slots slots = slots(order.component());
    BootState state = stateOf(slots);
    boolean through =
        state.pendingCommand().equals(order.commandId())
            || state.last().command().equals(order.commandId());
    if (through) {
      disk.delete(orderFile());
      return Optional.empty();
    }
    return Optional.of(carryOut(slots, order));
  }

  /**
   * What the device does when it starts: new software is tried; what does not come up within the
   * attempts is left for the old. Reports what came of it, or, where nothing was new, what runs.
   */
  public void boot() throws IOException {
    for (String component : components()) {
      tryPending(component);
      leaveBrokenSlot(component);
    }
    boolean told = false;
    for (String component : components()) {
      BootState state = stateOf(slots(component));
      if (!state.last().reported()) {
        reportOutcome(state.last());
        slots(component).save(state.reported());
        told = true;
      }
    }
    if (!told) {
      report("", UpdateStep.RUNNING, 100, "", "");
    }
  }

  private void tryPending(String component) throws IOException {
    Slots slots = slots(component);
    BootState state = stateOf(slots);
    while (!state.pending().isEmpty()) {
      if (state.attempts() >= limits.bootAttempts()) {
        state =
            state.rolledBack(
                ReasonCode.SLOT_DID_NOT_START.name(),
                "did not come up in " + state.attempts() + " attempts");
      } else {
        // Counted before it is tried: software that takes the device down with it counts too.
        state = state.oneMoreAttempt();
        slots.save(state);
        Optional<Slots.Content> content = slots.checked(state.pending());
        if (content.isEmpty()
            || !selfTest.comesUp(component, content.get().version(), content.get().image())) {
          continue;
        }
        state = state.committed("came up at attempt " + state.attempts());
      }
      slots.save(state);
    }
  }

  private void leaveBrokenSlot(String component) throws IOException {
    Slots slots = slots(component);
    BootState state = stateOf(slots);
    if (slots.checked(state.active()).isEmpty() && slots.checked(state.other()).isPresent()) {
      log.error("{} of {} is damaged, {} runs instead", state.active(), component, state.other());
      slots.save(state.switchedTo(state.other()));
    }
  }

  private Result carryOut(Slots slots, InstallOrder order) throws IOException {
    try {
      if (!stateOf(slots).pending().isEmpty()) {
        throw new RefusedException(ReasonCode.CONFLICT, "another installation awaits a restart");
      }
      Target target = permitted(slots, order);
      Optional<Slots.Content> running = running(order.component());
      boolean runsAlready =
          running.isPresent()
              && running.get().digest().equals(target.digest())
              && running.get().version().equals(target.version());
      return runsAlready ? concludeRunning(slots, order) : bringOn(slots, order, target);
    } catch (RefusedException e) {
      return conclude(slots, order, UpdateStep.REFUSED, e.reason(), e.detail());
    } catch (IOException e) {
      log.info("order {} is interrupted", order.commandId(), e);
      return Result.INTERRUPTED;
    }
  }

  private Target permitted(Slots slots, InstallOrder order) throws IOException, RefusedException {
    Metadata targets = metadata.targets(clock.instant());
    Target target = Target.find(targets, order.target());
    require(
        target.digest().equals(order.digest())
            && target.component().equals(order.component())
            && target.version().equals(order.version()),
        ReasonCode.DIGEST_MISMATCH,
        "'" + order.target() + "' is signed as another artifact than the command names");
    require(
        target.fits(hardware), ReasonCode.PRECONDITION_FAILED, target.version() + " does not fit");
    require(
        target.length() <= limits.maxImageBytes(),
        ReasonCode.TOO_LARGE,
        target.length() + " bytes are more than the device takes");
    new VersionFloors(folder.resolve("floors.json"), disk)
        .check(order, target, Target.floor(targets, order.component(), hardware));
    Optional<Slots.Content> running = slots.content(stateOf(slots).active());
    boolean older =
        running.isPresent()
            && Release.of(target.version()).compareTo(Release.of(running.get().version())) < 0;
    require(
        !older || order.rollback(),
        ReasonCode.VERSION_BELOW_FLOOR,
        target.version() + " is older than what runs, and no rollback is ordered");
    return target;
  }

  private Result bringOn(Slots slots, InstallOrder order, Target target) throws IOException {
    try {
      Path image = download.fetch(target, percentReports(order));
      report(order.campaign(), UpdateStep.VERIFIED, 100, "", "");
      BootState state = stateOf(slots);
      slots.fill(state.other(), image, target.version(), target.digest());
      slots.save(state.trying(order));
      disk.delete(orderFile());
      download.forget(target.digest());
      report(order.campaign(), UpdateStep.INSTALLED, 100, "", "waits for a restart");
      return Result.RESTART_NEEDED;
    } catch (RefusedException e) {
      return conclude(slots, order, UpdateStep.FAILED, e.reason(), e.detail());
    }
  }

  private IntConsumer percentReports(InstallOrder order) {
    int[] last = {-PERCENT_STEP};
    return percent -> {
      if (percent >= last[0] + PERCENT_STEP) {
        last[0] = percent;
        report(order.campaign(), UpdateStep.DOWNLOADING, percent, "", "");
      }
    };
  }

  private Result concludeRunning(Slots slots, InstallOrder order) throws IOException {
    return conclude(
        slots,
        order,
        BootState.Outcome.of(
            order.commandId(), order.campaign(), UpdateStep.RUNNING, "", "ran already"));
  }

  private Result conclude(
      Slots slots, InstallOrder order, UpdateStep step, ReasonCode reason, String detail)
      throws IOException {
    return conclude(
        slots,
        order,
        BootState.Outcome.of(order.commandId(), order.campaign(), step, reason.name(), detail));
  }

  private Result conclude(Slots slots, InstallOrder order, BootState.Outcome outcome)
      throws IOException {
    log.info("order {}: {} {}", order.commandId(), outcome.step(), outcome.reason());
    BootState state = stateOf(slots).concluded(outcome);
    slots.save(state);
    disk.delete(orderFile());
    reportOutcome(outcome);
    slots.save(state.reported());
    return Result.CONCLUDED;
  }

  private void reportOutcome(BootState.Outcome outcome) {
    UpdateStep step = UpdateStep.valueOf(outcome.step());
    report(
        outcome.campaign(),
        step,
        step == UpdateStep.RUNNING ? 100 : 0,
        outcome.reason(),
        outcome.detail());
  }

  private void report(String campaign, UpdateStep step, int percent, String reason, String detail) {
    Map<String, String> software;
    try {
      software = software();
    } catch (IOException e) {
      log.warn("the software cannot be read for a report", e);
      software = Map.of();
    }
    progress.accept(new UpdateProgress(campaign, step, percent, reason, detail, software));
  }

  private static void require(boolean holds, ReasonCode reason, String detail)
      throws RefusedException {
    if (!holds) {
      throw new RefusedException(reason, detail);
    }
  }

  private Optional<Slots.Content> running(String component) throws IOException {
    Slots slots = slots(component);
    return slots.content(stateOf(slots).active());
  }

  private static BootState stateOf(Slots slots) throws IOException {
    return slots.state().orElseThrow(() -> new IOException("the component has gone"));
  }

  private Slots slots(String component) {
    return new Slots(folder.resolve("components").resolve(component), disk);
  }

  private List<String> components() throws IOException {
    Path all = folder.resolve("components");
    if (!Files.isDirectory(all)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(all)) {
      return folders
          .filter(f -> Files.exists(f.resolve("boot.json")))
          .map(f -> String.valueOf(f.getFileName()))
          .sorted()
          .toList();
    }
  }

  private Path orderFile() {
    return folder.resolve("order.json");
  }
}

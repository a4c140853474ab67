package io.foretell.firmwareota;

import io.foretell.firmwareota.CampaignEvent.Kind;
import io.foretell.firmwareota.CampaignStore.Member;
import io.foretell.firmwareota.Rollout.State;
import io.foretell.proto.Command;
import io.foretell.proto.Digest;
import io.foretell.proto.Directory;
import io.foretell.proto.Entry;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.Lane;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Sink;
import io.foretell.proto.Telemetry;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The campaigns of all tenants: made and steered by people, moved on by what devices report and by
 * time.
 *
 * <p>Calls block on a database: never from an event loop. What belongs to another tenant is not
 * found. Errors are {@link InvalidInputException}: {@link ReasonCode#NOT_FOUND} and {@link
 * ReasonCode#CONFLICT} everywhere, others where it says so.
 */
public final class Campaigns {
  private static final int DUE_PAGE = 500;
  private static final int NAMED_IN_CONFLICT = 5;

  private final CampaignStore store;
  private final Catalogue catalogue;
  private final Directory directory;
  private final Targets targets;
  private final CommandOutbox outbox;
  private final Notices notices;
  private final InstantSource clock;
  private final Supplier<String> ids;
  private final Executor worker;
  private final BooleanSupplier sends;
  private final AtomicBoolean awaitsWorker = new AtomicBoolean();

  /**
   * @param commands the lane that devices' commands go out on
   * @param listener hears of what has changed, on {@code worker}
   * @param ids gives each new campaign a name of its own, of {@code A-Z a-z 0-9 -}
   * @param worker runs one task at a time, in order, and may be blocked
   */
  public Campaigns(
      CampaignStore store,
      Catalogue catalogue,
      Directory directory,
      Lane<Command> commands,
      CampaignListener listener,
      InstantSource clock,
      Supplier<String> ids,
      Executor worker) {
    this(store, catalogue, directory, commands, listener, clock, ids, worker, () -> true);
  }

  /**
   * The campaigns in one of several processes over the same store.
   *
   * @param sends whether commands and notices now go out from this one; it must then be ticked
   */
  public Campaigns(
      CampaignStore store,
      Catalogue catalogue,
      Directory directory,
      Lane<Command> commands,
      CampaignListener listener,
      InstantSource clock,
      Supplier<String> ids,
      Executor worker,
      BooleanSupplier sends) {
    this.sends = sends;
    this.store = store;
    this.catalogue = catalogue;
    this.directory = directory;
    this.targets = new Targets(directory);
    this.outbox = new CommandOutbox(store, commands);
    this.notices = new Notices(store, listener);
    this.clock = clock;
    this.ids = ids;
    this.worker = worker;
  }

  /** Makes a campaign; nothing is sent before it is started. */
  public Campaign create(String tenant, Plan plan, String by) {
    Artifact artifact = artifact(tenant, plan.artifact());
    long now = clock.millis();
    Campaign campaign = made(tenant, plan, Install.of(artifact, false), "", by, now);
    synchronized (this) {
      store.inTransaction(r -> insert(new CampaignWork(r, now), campaign));
    }
    wakeWorker();
    return campaign;
  }

  /** How many devices a plan would be for, were it started now. */
  public int preview(String tenant, Plan plan) {
    int found =
        targets.find(tenant, artifact(tenant, plan.artifact()), plan.selection(), false).size();
    return IntStream.of(plan.sizes(found)).sum();
  }

  /**
   * Locks the targets and begins the first wave. {@link ReasonCode#CONFLICT} where there is none,
   * or where one is in another live campaign for the same component.
   */
  public Campaign start(String tenant, String id, String by) {
    Campaign draft = show(tenant, id);
    Artifact artifact = artifact(tenant, draft.plan().artifact());
    List<String> found =
        targets.find(tenant, artifact, draft.plan().selection(), draft.install().rollback());
    return change(tenant, id, (work, campaign) -> started(work, campaign, found, by));
  }

  /** Stops it: nothing more is sent; what devices have begun is still followed. */
  public Campaign halt(String tenant, String id, String reason, String by) {
    return change(
        tenant, id, (work, c) -> work.apply(c, new RolloutEvent.Halt(work.now(), reason), by));
  }

  /**
   * Goes on after a halt.
   *
   * @param retryFailed true: the failed devices of the begun waves get the command once more;
   *     false: they are written off and no longer count, which is for the person to answer for
   */
  public Campaign resume(String tenant, String id, boolean retryFailed, String by) {
    return change(
        tenant,
        id,
        (work, c) -> work.apply(c, new RolloutEvent.Resume(work.now(), retryFailed), by));
  }

  /** Ends it. Devices that have the command may still install until it expires. */
  public Campaign cancel(String tenant, String id, String reason, String by) {
    return change(
        tenant,
        id,
        (work, c) -> work.apply(c, new RolloutEvent.End(work.now(), State.CANCELLED, reason), by));
  }

  /**
   * Ends a campaign and starts one that brings its proven devices to an older artifact, which must
   * not be below the signed floor. Devices whose command is still open are left out: call again
   * when they have settled.
   *
   * @param to the artifact to go back to, of the same component
   * @param waves of the new campaign
   * @return the new campaign, running
   */
  public Campaign rollBack(String tenant, String id, Digest to, List<Wave> waves, String by) {
    Campaign old = show(tenant, id);
    Artifact artifact = artifact(tenant, to);
    if (!artifact.component().equals(old.install().component())) {
      throw new InvalidInputException(
          ReasonCode.CONFLICT, artifact.name() + " is for " + artifact.component());
    }
    List<String> proven = store.inTransaction(r -> r.succeeded(id));
    if (proven.isEmpty()) {
      throw new InvalidInputException(ReasonCode.CONFLICT, "no device runs its software");
    }
    Selection selection = Selection.of(proven);
    List<String> found = targets.find(tenant, artifact, selection, true);
    Plan plan =
        new Plan(to, "", selection, waves, old.plan().commandMillis(), old.plan().preconditions());
    return change(
        tenant,
        id,
        (work, c) -> {
          work.apply(c, new RolloutEvent.End(work.now(), State.ROLLED_BACK, "to " + to), by);
          Campaign back = made(tenant, plan, Install.of(artifact, true), id, by, work.now());
          insert(work, back);
          return started(work, back, found, by);
        });
  }

  /** A campaign with its counts. */
  public Campaign show(String tenant, String id) {
    return store.inTransaction(r -> owned(r, tenant, id));
  }

  /** A tenant's campaigns, newest first; those that cannot be read are left out. */
  public List<Campaign> list(String tenant, int offset, int limit) {
    long now = clock.millis();
    return store.inTransaction(
        r ->
            r.list(tenant, offset, limit).stream()
                .map(id -> new CampaignWork(r, now).readable(id))
                .flatMap(Optional::stream)
                .toList());
  }

  /**
   * Devices of a campaign, in the order of their names.
   *
   * @param after the last name of the page before; empty for the first
   */
  public List<DeviceProgress> devices(String tenant, String id, String after, int limit) {
    return store.inTransaction(
        r -> {
          owned(r, tenant, id);
          return r.devices(id, after, limit);
        });
  }

  /**
   * What happened, in order.
   *
   * @param afterNumber of the last event of the page before; 0 for the first
   */
  public List<CampaignEvent> events(String tenant, String id, long afterNumber, int limit) {
    return store.inTransaction(
        r -> {
          owned(r, tenant, id);
          return r.events(id, afterNumber, limit);
        });
  }

  /**
   * Follows what devices say; to be attached to the telemetry topic. Repetitions change nothing.
   */
  public Sink<Telemetry> tracking() {
    return batch -> {
      List<Entry<Telemetry>> ours = batch.stream().filter(Campaigns::concernsUs).toList();
      return ours.isEmpty() ? CompletableFuture.completedFuture(null) : onWorker(() -> track(ours));
    };
  }

  /**
   * Lets time pass: silent and unreached devices are settled, waves that have soaked are followed
   * by the next, what waits to go out goes out. To be called about once a second.
   *
   * @param now ms since 1970
   */
  public void tick(long now) {
    settleOverdue(now);
    for (String id : store.inTransaction(CampaignStore.Records::live)) {
      synchronized (this) {
        store.inTransaction(r -> ticked(new CampaignWork(r, now), id));
      }
    }
    wakeWorker();
  }

  private static Optional<Campaign> ticked(CampaignWork work, String id) {
    return work.readable(id)
        .filter(c -> c.rollout().state() == State.RUNNING)
        .map(c -> work.apply(c, new RolloutEvent.Tick(work.now()), ""));
  }

  private void settleOverdue(long now) {
    int settled = DUE_PAGE;
    while (settled == DUE_PAGE) {
      synchronized (this) {
        settled =
            store.inTransaction(
                r -> {
                  List<Member> due = r.due(now, DUE_PAGE);
                  due.forEach(new CampaignWork(r, now)::onDeadline);
                  return due.size();
                });
      }
    }
  }

  private static boolean concernsUs(Entry<Telemetry> entry) {
    return entry.value() instanceof Telemetry.Update || entry.value() instanceof Telemetry.Reply;
  }

  private void track(List<Entry<Telemetry>> entries) {
    long now = clock.millis();
    for (Entry<Telemetry> entry : entries) {
      if (entry.value() instanceof Telemetry.Update update && tellsSoftware(update)) {
        directory.learnSoftware(entry.key(), update.software());
      }
    }
    synchronized (this) {
      store.inTransaction(
          r -> {
            CampaignWork work = new CampaignWork(r, now);
            entries.forEach(e -> work.onMessage(e.key(), e.value(), e.position(), e.ordinal()));
            return entries;
          });
    }
    goOut();
  }

  private static boolean tellsSoftware(Telemetry.Update update) {
    Map<String, String> software = update.software();
    return !software.isEmpty()
        && (update.step() == Telemetry.UpdateStep.RUNNING
            || update.step() == Telemetry.UpdateStep.ROLLED_BACK);
  }

  private CompletionStage<?> onWorker(Runnable task) {
    return CompletableFuture.runAsync(task, worker);
  }

  private void wakeWorker() {
    if (awaitsWorker.compareAndSet(false, true)) {
      worker.execute(
          () -> {
            awaitsWorker.set(false);
            goOut();
          });
    }
  }

  private void goOut() {
    if (!sends.getAsBoolean()) {
      return;
    }
    outbox.drain(clock.millis());
    notices.deliver();
  }

  private interface Change {
    Campaign on(CampaignWork work, Campaign campaign);
  }

  private Campaign change(String tenant, String id, Change change) {
    long now = clock.millis();
    Campaign after;
    synchronized (this) {
      after = store.inTransaction(r -> change.on(new CampaignWork(r, now), owned(r, tenant, id)));
    }
    wakeWorker();
    return after;
  }

  private Campaign started(CampaignWork work, Campaign campaign, List<String> found, String by) {
    int[] sizes = campaign.plan().sizes(found.size());
    List<DeviceProgress> dealt = Targets.deal(campaign.id(), found, sizes, work.now());
    List<String> names = dealt.stream().map(DeviceProgress::device).toList();
    String component = campaign.install().component();
    List<String> taken = work.records().claim(campaign.id(), campaign.tenant(), component, names);
    if (!taken.isEmpty()) {
      throw new InvalidInputException(
          ReasonCode.CONFLICT,
          taken.size()
              + " devices are in another campaign for "
              + component
              + ": "
              + taken.stream().limit(NAMED_IN_CONFLICT).toList());
    }
    work.records().addDevices(campaign.id(), dealt);
    work.note(campaign, Kind.STARTED, "", by);
    return work.apply(
        campaign, new RolloutEvent.Start(work.now(), IntStream.of(sizes).boxed().toList()), by);
  }

  private Campaign made(
      String tenant, Plan plan, Install install, String rollbackOf, String by, long now) {
    return new Campaign(ids.get(), tenant, plan, install, rollbackOf, now, by, Rollout.draft(now));
  }

  private static Campaign insert(CampaignWork work, Campaign campaign) {
    work.records().insert(campaign);
    work.note(campaign, Kind.CREATED, "", campaign.createdBy());
    return campaign;
  }

  private static Campaign owned(CampaignStore.Records records, String tenant, String id) {
    return records
        .find(id)
        .filter(c -> c.tenant().equals(tenant))
        .orElseThrow(
            () -> new InvalidInputException(ReasonCode.NOT_FOUND, "campaign '" + id + "'"));
  }

  private Artifact artifact(String tenant, Digest digest) {
    return catalogue
        .find(tenant, digest)
        .orElseThrow(() -> new InvalidInputException(ReasonCode.NOT_FOUND, "artifact " + digest));
  }
}

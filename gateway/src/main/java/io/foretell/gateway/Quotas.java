package io.foretell.gateway;

import io.foretell.proto.DeviceId;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Token buckets of messages and bytes, for each device and each tenant. A bucket may be overdrawn:
 * what has come is taken, and how long the sender should rest follows from the debt. So a listener
 * that can stop reading loses nothing; only who goes on regardless is refused, {@link #PATIENCE}
 * later.
 *
 * <p>A bucket is one number, the moment at which it is full again (the virtual scheduling form of
 * the generic cell rate algorithm, ITU-T I.371).
 */
final class Quotas {
  /** How far ahead of its rate a sender may get, in ms beyond its burst, before it is refused. */
  static final long PATIENCE = 5_000;

  private static final long BURST_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int MANY = 100_000;

  private final QuotaLimits limits;
  private final ConcurrentHashMap<DeviceId, Account> devices = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Account> tenants = new ConcurrentHashMap<>();

  Quotas(QuotaLimits limits) {
    this.limits = limits;
  }

  /**
   * Takes a message into account, unless its sender is far over.
   *
   * @param now ms since 1970
   * @return whether it may come in
   */
  boolean admit(DeviceId device, int bytes, long now) {
    if (limits.none()) {
      return true;
    }
    Account own = account(device, now);
    Account common = account(device.tenant());
    if (Math.max(own.debt(now), common.debt(now)) > PATIENCE) {
      return false;
    }
    own.spend(limits.deviceMessages(), limits.deviceBytes(), bytes, now);
    common.spend(limits.tenantMessages(), limits.tenantBytes(), bytes, now);
    return true;
  }

  /** For how many ms a device should be quiet now; 0 for not at all. */
  long rest(DeviceId device, long now) {
    if (limits.none()) {
      return 0;
    }
    @Nullable Account own = devices.get(device);
    @Nullable Account common = tenants.get(device.tenant());
    long ownDebt = own == null ? 0 : own.debt(now);
    return Math.max(ownDebt, common == null ? 0 : common.debt(now));
  }

  private Account account(DeviceId device, long now) {
    Account known = devices.get(device);
    if (known != null) {
      return known;
    }
    if (devices.size() >= MANY) {
      devices.values().removeIf(account -> account.full(now));
    }
    return devices.computeIfAbsent(device, d -> new Account());
  }

  private Account account(String tenant) {
    Account known = tenants.get(tenant);
    return known != null ? known : tenants.computeIfAbsent(tenant, t -> new Account());
  }

  /** Two buckets, each as the moment when it is full again, in ns since 1970. */
  private static final class Account {
    private final AtomicLong messages = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    void spend(long messageRate, long byteRate, int size, long now) {
      spend(messages, messageRate, 1, now);
      spend(bytes, byteRate, size, now);
    }

    private static void spend(AtomicLong fullAt, long rate, int amount, long now) {
      if (rate > 0) {
        long cost = (long) (TimeUnit.SECONDS.toNanos(1) * (double) amount / rate);
        long nanos = TimeUnit.MILLISECONDS.toNanos(now);
        fullAt.updateAndGet(before -> Math.max(before, nanos) + cost);
      }
    }

    long debt(long now) {
      long over = Math.max(messages.get(), bytes.get()) - TimeUnit.MILLISECONDS.toNanos(now);
      return over <= BURST_NANOS ? 0 : TimeUnit.NANOSECONDS.toMillis(over - BURST_NANOS) + 1;
    }

    boolean full(long now) {
      return Math.max(messages.get(), bytes.get()) <= TimeUnit.MILLISECONDS.toNanos(now);
    }
  }
}

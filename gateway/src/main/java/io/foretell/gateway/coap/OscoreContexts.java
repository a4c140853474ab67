package io.foretell.gateway.coap;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.foretell.gateway.Identities;
import io.foretell.proto.DeviceId;
import io.foretell.proto.InvalidInputException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.eclipse.californium.cose.AlgorithmID;
import org.eclipse.californium.oscore.OSCoreCtx;
import org.eclipse.californium.oscore.OSException;
import org.jspecify.annotations.Nullable;

/**
 * Security contexts of OSCORE (RFC 8613 section 3), derived from what a device has anyway:
 *
 * <pre>
 *   Master Secret   the device's pre-shared key      Sender ID of the device   0x01
 *   Master Salt     none                             Sender ID of the server   0x02
 *   ID Context      device or device@tenant, UTF-8   AES-CCM-16-64-128, HKDF SHA-256
 * </pre>
 *
 * <p>While a rotation is under way a device has two. Contexts live in memory; the least used of
 * more than {@value #MOST} devices leave first. One that is new here has no memory of what came
 * before: see {@link OscoreLayer}.
 */
final class OscoreContexts {
  static final int MOST = 20_000;
  static final byte[] DEVICE = {1};
  static final byte[] SERVER = {2};

  private static final long AGAIN_NANOS = 5_000_000_000L;
  private static final int REPLAY_WINDOW = 32;
  private static final int LONGEST_UNFRAGMENTED = 4096;
  private static final int LONGEST_NAME = 200;

  private final Identities identities;
  private final LongSupplier nanos;
  private final Map<String, Known> contexts =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
          return size() > MOST;
        }
      };
  private long epoch;

  /** Contexts of one device, and when they were derived. */
  private record Known(List<Held> held, long at) {
    /** The context of the same key that is here already, with its replay window. */
    Held same(Held fresh) {
      for (Held known : held) {
        if (MessageDigest.isEqual(
            known.context.getRecipientKey(), fresh.context.getRecipientKey())) {
          return known;
        }
      }
      return fresh;
    }
  }

  /**
   * @param nanos as {@link System#nanoTime}
   */
  OscoreContexts(Identities identities, LongSupplier nanos) {
    this.identities = identities;
    this.nanos = nanos;
  }

  /** A context with what is known of its freshness. To be locked while it is used. */
  static final class Held {
    final OSCoreCtx context;
    final DeviceId device;
    private boolean fresh;

    Held(OSCoreCtx context, DeviceId device) {
      this.context = context;
      this.device = device;
    }

    /** Whether replays of what came before this context was made are ruled out. */
    boolean isFresh() {
      return fresh;
    }

    /** The device has shown that it sends now: nothing up to this number counts any more. */
    void freshFrom(int sequence) {
      fresh = true;
      context.setRecipientSeq(sequence + 1);
      context.setRecipientReplayWindow(0);
    }

    Window window() {
      return new Window(context.getLowestRecipientSeq(), context.getRecipientReplayWindow());
    }

    void restore(Window window) {
      context.setRecipientSeq(window.lowest());
      context.setRecipientReplayWindow(window.seen());
    }
  }

  /** Where a replay window stands. */
  record Window(int lowest, int seen) {}

  /** The contexts of an ID Context, the newest secret first; none where there are none. */
  List<Held> find(byte @Nullable [] idContext) {
    if (idContext == null || idContext.length == 0 || idContext.length > LONGEST_NAME) {
      return List.of();
    }
    synchronized (this) {
      Known known = contexts.get(new String(idContext, UTF_8));
      if (known != null) {
        return known.held();
      }
    }
    return derived(idContext);
  }

  /**
   * The contexts after none of the known ones opened a message: a rotation may have brought another
   * secret. None where they were looked up lately, so that forged messages cost little.
   */
  List<Held> findAgain(byte[] idContext) {
    synchronized (this) {
      Known known = contexts.get(new String(idContext, UTF_8));
      if (known == null || nanos.getAsLong() - known.at() < AGAIN_NANOS) {
        return List.of();
      }
    }
    return derived(idContext);
  }

  private List<Held> derived(byte[] idContext) {
    String name = new String(idContext, UTF_8);
    long before;
    synchronized (this) {
      before = epoch;
    }
    List<Held> fresh = derive(name, idContext);
    if (fresh.isEmpty()) {
      return fresh;
    }
    synchronized (this) {
      Known known = contexts.get(name);
      List<Held> kept = known == null ? fresh : fresh.stream().map(known::same).toList();
      if (before == epoch) {
        contexts.put(name, new Known(kept, nanos.getAsLong()));
      }
      return kept;
    }
  }

  /** The device of a context's ID Context. */
  static DeviceId device(String name) {
    return DeviceId.parse(name);
  }

  /** Forgets a device: its secrets have changed or are void. */
  void forget(DeviceId device) {
    synchronized (this) {
      epoch++;
      contexts.values().removeIf(known -> known.held().get(0).device.equals(device));
    }
  }

  private List<Held> derive(String name, byte[] idContext) {
    DeviceId device;
    try {
      device = device(name);
    } catch (InvalidInputException e) {
      return List.of();
    }
    List<Held> derived = new ArrayList<>(2);
    for (byte[] key : identities.presharedKeys(name)) {
      derived.add(0, new Held(context(key, idContext), device));
      Arrays.fill(key, (byte) 0);
    }
    return derived;
  }

  private static OSCoreCtx context(byte[] key, byte[] idContext) {
    try {
      return new OSCoreCtx(
          key.clone(),
          false,
          AlgorithmID.AES_CCM_16_64_128,
          SERVER,
          DEVICE,
          AlgorithmID.HKDF_HMAC_SHA_256,
          REPLAY_WINDOW,
          null,
          idContext,
          LONGEST_UNFRAGMENTED);
    } catch (OSException e) {
      throw new IllegalStateException("AES-CCM and HKDF are part of the library", e);
    }
  }
}

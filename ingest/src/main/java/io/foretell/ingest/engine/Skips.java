package io.foretell.ingest.engine;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Health;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Reject;
import io.foretell.proto.Severity;
import io.foretell.proto.Uplink;
import io.foretell.proto.wire.Topics;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of an entry that a stage fails at: it is counted, logged, and kept as a reject. */
public final class Skips<I> implements Fold.Skipped<I> {
  private static final Logger LOG = LoggerFactory.getLogger(Skips.class);

  private final String stage;
  private final LongAdder count;
  private final Notices notices;

  // A pass that is done again skips the same again; it is told once.
  private long told = -1;
  private String traced = "";

  /**
   * @param count of what was skipped
   */
  public Skips(String stage, LongAdder count, Notices notices) {
    this.stage = stage;
    this.count = count;
    this.notices = notices;
  }

  @Override
  public void skipped(@Nullable Entry<I> entry, DeviceId key, Throwable cause, Outputs out) {
    if (entry == null) {
      count.increment();
      log("a tick of " + key, cause);
      notice("a tick of " + key);
      return;
    }
    if (entry.position().offset() > told) {
      told = entry.position().offset();
      count.increment();
      log(entry.position() + " of " + key, cause);
      notice(entry.position() + " of " + key);
    }
    if (entry.value() instanceof Uplink uplink) {
      reject(entry, uplink, cause, out);
    }
  }

  // One trace a cause: an input that fails comes in thousands.
  private void log(String what, Throwable cause) {
    if (cause.toString().equals(traced)) {
      LOG.error("{}: ENTRY_SKIPPED, {}: {}", stage, what, traced);
    } else {
      traced = cause.toString();
      LOG.error("{}: ENTRY_SKIPPED, {}", stage, what, cause);
    }
  }

  private void notice(String last) {
    notices.put(
        stage + "/skipped",
        new Health.Notice(
            "ENTRIES_SKIPPED",
            Severity.MINOR,
            stage + " could not fold some entries, the last: " + last,
            "They are kept as rejects; see the log, and replay them after a fix."));
  }

  private static void reject(Entry<?> entry, Uplink uplink, Throwable cause, Outputs out) {
    ReasonCode reason =
        cause instanceof InvalidInputException invalid ? invalid.reason() : ReasonCode.INTERNAL;
    Reject reject =
        new Reject(
            entry.at(),
            reason,
            cause.toString(),
            uplink.via(),
            "v1/" + uplink.kind().route(),
            uplink.contentType(),
            uplink.payload(),
            Optional.of(entry.position()));
    out.begin(entry.position(), entry.key(), entry.at(), 0);
    out.to(Topics.REJECTS, entry.key(), reject);
    out.end();
  }
}

package io.foretell.app.logs;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.JsonEscapeUtil;
import io.foretell.proto.DeviceId;
import io.foretell.proto.ReasonCode;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Logback's JSON encoder with the time as ISO 8601 and the message as it reads: one object a line,
 * of {@code level}, {@code threadName}, {@code loggerName}, {@code mdc}, {@code throwable}, {@code
 * time} and {@code message}.
 *
 * <p>{@code mdc} also has the device, its tenant and the reason code that a message names. They are
 * taken from the arguments of the message, so that a stage needs not put them anywhere before it
 * has something to say.
 */
public final class JsonLines extends JsonEncoder {
  /** The key of a device's name. */
  public static final String DEVICE = "device";

  /** The key of a tenant's name. */
  public static final String TENANT = "tenant";

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  /** Without what another field says already. */
  public JsonLines() {
    setWithSequenceNumber(false);
    setWithTimestamp(false);
    setWithNanoseconds(false);
    setWithContext(false);
    setWithMessage(false);
    setWithFormattedMessage(false);
    setWithArguments(false);
  }

  @Override
  protected void appendMDC(StringBuilder line, ILoggingEvent event) {
    Map<String, String> known = new LinkedHashMap<>(event.getMDCPropertyMap());
    Object[] arguments = event.getArgumentArray();
    for (Object argument : arguments == null ? new Object[0] : arguments) {
      if (argument instanceof DeviceId id && !known.containsKey(DEVICE)) {
        known.put(TENANT, id.tenant());
        known.put(DEVICE, id.device());
      } else if (argument instanceof ReasonCode reason) {
        known.putIfAbsent("reason", reason.name());
      }
    }
    if (!known.isEmpty()) {
      line.append(',');
      appendMap(line, MDC_ATTR_NAME, known);
    }
  }

  @Override
  protected void appendCustomFields(StringBuilder line, ILoggingEvent event) {
    line.append(',');
    appenderMember(line, "time", TIME.format(Instant.ofEpochMilli(event.getTimeStamp())));
    line.append(',');
    String message = event.getFormattedMessage();
    appenderMember(
        line, "message", message == null ? "" : JsonEscapeUtil.jsonEscapeString(message));
  }
}

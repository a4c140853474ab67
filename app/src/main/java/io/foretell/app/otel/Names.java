package io.foretell.app.otel;

import io.opentelemetry.api.common.AttributeKey;

/**
 * Names of attributes: those of OpenTelemetry's semantic conventions (1.38: messaging, http,
 * server, device) where there is one, {@code foretell.…} for what only we have.
 */
final class Names {
  static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
  static final AttributeKey<String> DESTINATION =
      AttributeKey.stringKey("messaging.destination.name");
  static final AttributeKey<String> PARTITION =
      AttributeKey.stringKey("messaging.destination.partition.id");
  static final AttributeKey<String> OPERATION = AttributeKey.stringKey("messaging.operation.name");
  static final AttributeKey<String> OPERATION_TYPE =
      AttributeKey.stringKey("messaging.operation.type");
  static final AttributeKey<String> CLIENT = AttributeKey.stringKey("messaging.client.id");
  static final AttributeKey<String> MESSAGE = AttributeKey.stringKey("messaging.message.id");
  static final AttributeKey<Long> BODY_SIZE = AttributeKey.longKey("messaging.message.body.size");

  static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
  static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
  static final AttributeKey<Long> RESEND = AttributeKey.longKey("http.request.resend_count");
  static final AttributeKey<String> SERVER = AttributeKey.stringKey("server.address");
  static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");
  static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
  static final AttributeKey<String> DEVICE = AttributeKey.stringKey("device.id");

  static final AttributeKey<String> TENANT = AttributeKey.stringKey("foretell.tenant");
  static final AttributeKey<Boolean> REJECTED = AttributeKey.booleanKey("foretell.rejected");
  static final AttributeKey<String> FINDING = AttributeKey.stringKey("foretell.finding.id");
  static final AttributeKey<String> FINDING_KIND = AttributeKey.stringKey("foretell.finding.kind");
  static final AttributeKey<String> CAUSE = AttributeKey.stringKey("foretell.cause");
  static final AttributeKey<String> TICKET = AttributeKey.stringKey("foretell.ticket.id");
  static final AttributeKey<String> TICKET_CHANGE =
      AttributeKey.stringKey("foretell.ticket.change");
  static final AttributeKey<String> WEBHOOK = AttributeKey.stringKey("foretell.webhook.id");

  private Names() {}
}

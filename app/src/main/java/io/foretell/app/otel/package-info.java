/**
 * OpenTelemetry: the spans of a device's message on its way to the ticket, taken at the places
 * where stages meet, and sent over OTLP.
 */
@NullMarked
package io.foretell.app.otel;

import org.jspecify.annotations.NullMarked;

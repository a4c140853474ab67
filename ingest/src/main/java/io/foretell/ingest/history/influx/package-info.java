/** Telemetry history in InfluxDB, or in a server that takes its line protocol. */
@NullMarked
package io.foretell.ingest.history.influx;

import org.jspecify.annotations.NullMarked;

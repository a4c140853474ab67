/** Several processes as one installation, on real Kafka, PostgreSQL and InfluxDB. */
@NullMarked
package io.foretell.app.scale;

import org.jspecify.annotations.NullMarked;

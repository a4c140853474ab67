/** The distributed engine: lanes on Kafka topics, stages on Kafka Streams, sinks as groups. */
@NullMarked
package io.foretell.ingest.engine.kafka;

import org.jspecify.annotations.NullMarked;

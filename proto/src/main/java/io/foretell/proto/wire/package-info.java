/** The durable lanes, and how their values are written: Protobuf after {@code lanes.proto}. */
@NullMarked
package io.foretell.proto.wire;

import org.jspecify.annotations.NullMarked;

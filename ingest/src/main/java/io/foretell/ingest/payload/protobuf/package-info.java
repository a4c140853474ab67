/** Payloads in Protobuf, binary and in its proto3 JSON form. */
@NullMarked
package io.foretell.ingest.payload.protobuf;

import org.jspecify.annotations.NullMarked;

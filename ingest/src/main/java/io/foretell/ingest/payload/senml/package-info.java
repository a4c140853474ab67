/** Payloads in SenML (RFC 8428), as JSON and as CBOR. */
@NullMarked
package io.foretell.ingest.payload.senml;

import org.jspecify.annotations.NullMarked;

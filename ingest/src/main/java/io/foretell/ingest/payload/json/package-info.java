/** Payloads in JSON, plain and streamed. */
@NullMarked
package io.foretell.ingest.payload.json;

import org.jspecify.annotations.NullMarked;

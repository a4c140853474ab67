/** Payloads of Sparkplug B. */
@NullMarked
package io.foretell.ingest.payload.sparkplug;

import org.jspecify.annotations.NullMarked;

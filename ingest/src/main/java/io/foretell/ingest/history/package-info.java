/** Samples as compressed chunks, whatever keeps them. */
@NullMarked
package io.foretell.ingest.history;

import org.jspecify.annotations.NullMarked;

/**
 * What all engines fold, skip, replay and retry alike; each is in the package of its technology.
 */
@NullMarked
package io.foretell.ingest.engine;

import org.jspecify.annotations.NullMarked;

/** The engines that host lanes, stages and sinks; each in the package of its technology. */
@NullMarked
package io.foretell.ingest.engine;

import org.jspecify.annotations.NullMarked;

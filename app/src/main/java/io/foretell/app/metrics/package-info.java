/** What the parts count, as Prometheus metrics. */
@NullMarked
package io.foretell.app.metrics;

import org.jspecify.annotations.NullMarked;

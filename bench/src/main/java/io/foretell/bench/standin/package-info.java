/** The gateway and ingest rooms alone in a process, to see what each step of the way costs. */
@NullMarked
package io.foretell.bench.standin;

import org.jspecify.annotations.NullMarked;

/** Servers under load as child processes, ours and the peers, and what they cost. */
@NullMarked
package io.foretell.bench.server;

import org.jspecify.annotations.NullMarked;

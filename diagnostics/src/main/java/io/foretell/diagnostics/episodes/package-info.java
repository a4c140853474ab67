/** Episodes: each fault of a device from first seen to healed, in event time. */
@NullMarked
package io.foretell.diagnostics.episodes;

import org.jspecify.annotations.NullMarked;

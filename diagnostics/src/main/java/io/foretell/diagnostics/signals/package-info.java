/** Turns raw frames of a device model into named signals, by a versioned decoder manifest. */
@NullMarked
package io.foretell.diagnostics.signals;

import org.jspecify.annotations.NullMarked;

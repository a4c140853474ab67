/** Reads faults from SAE J1939 frames: transport protocol and diagnostic messages. */
@NullMarked
package io.foretell.diagnostics.j1939;

import org.jspecify.annotations.NullMarked;

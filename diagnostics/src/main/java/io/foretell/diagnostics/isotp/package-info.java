/**
 * Puts ISO-TP messages (ISO 15765-2) together from CAN frames, and says what is wrong with them.
 */
@NullMarked
package io.foretell.diagnostics.isotp;

import org.jspecify.annotations.NullMarked;

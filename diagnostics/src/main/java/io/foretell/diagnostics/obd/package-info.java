/** Decodes answers to on-board diagnostics requests, SAE J1979 / ISO 15031-5. */
@NullMarked
package io.foretell.diagnostics.obd;

import org.jspecify.annotations.NullMarked;

/** Decodes answers to ReadDTCInformation and negative responses, ISO 14229-1. */
@NullMarked
package io.foretell.diagnostics.uds;

import org.jspecify.annotations.NullMarked;

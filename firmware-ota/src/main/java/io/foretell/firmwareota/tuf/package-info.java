/** Signs artifacts: a TUF repository (The Update Framework, specification 1.0) a tenant. */
@NullMarked
package io.foretell.firmwareota.tuf;

import org.jspecify.annotations.NullMarked;

/** The notations that devices may write in, wired together. */
@NullMarked
package io.foretell.ingest.payload;

import org.jspecify.annotations.NullMarked;

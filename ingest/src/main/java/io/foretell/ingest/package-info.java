/** Makes uplinks meaningful: payload decoding, order and duplicates, conservation. */
@NullMarked
package io.foretell.ingest;

import org.jspecify.annotations.NullMarked;

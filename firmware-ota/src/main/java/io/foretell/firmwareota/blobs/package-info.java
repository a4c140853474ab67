/** Keeps artifacts as content-addressed files. */
@NullMarked
package io.foretell.firmwareota.blobs;

import org.jspecify.annotations.NullMarked;

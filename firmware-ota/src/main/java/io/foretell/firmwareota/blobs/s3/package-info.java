/** Artifacts in an S3-compatible store, through Amazon's client. */
@NullMarked
package io.foretell.firmwareota.blobs.s3;

import org.jspecify.annotations.NullMarked;

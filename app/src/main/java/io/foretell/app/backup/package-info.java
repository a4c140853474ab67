/** Backups: what a server keeps, as one archive or folder with a manifest of digests. */
@NullMarked
package io.foretell.app.backup;

import org.jspecify.annotations.NullMarked;

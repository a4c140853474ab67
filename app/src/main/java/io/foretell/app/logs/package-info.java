/** How the server's log is written: as text for a person, or as lines of JSON for a collector. */
@NullMarked
package io.foretell.app.logs;

import org.jspecify.annotations.NullMarked;

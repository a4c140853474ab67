/** Reads tables of makers' codes from JSON files. */
@NullMarked
package io.foretell.diagnostics.tables.json;

import org.jspecify.annotations.NullMarked;

/** The database of the records, where it goes away. */
@NullMarked
package io.foretell.app.records;

import org.jspecify.annotations.NullMarked;

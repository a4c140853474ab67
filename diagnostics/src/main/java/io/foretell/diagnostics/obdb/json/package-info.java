/** Signal sets of OBDb as JSON. */
@NullMarked
package io.foretell.diagnostics.obdb.json;

import org.jspecify.annotations.NullMarked;

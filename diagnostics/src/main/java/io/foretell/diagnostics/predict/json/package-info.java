/** Records of training, evaluation and back-test as JSON, by Jackson; and models as files. */
@NullMarked
package io.foretell.diagnostics.predict.json;

import org.jspecify.annotations.NullMarked;

/** What a decoder says of how it came to its answer: bytes, rule and clause of the standard. */
@NullMarked
package io.foretell.diagnostics.trace;

import org.jspecify.annotations.NullMarked;

/**
 * What fault codes mean: notations, texts, systems, failure types, causes, and how bad they are.
 */
@NullMarked
package io.foretell.diagnostics.codes;

import org.jspecify.annotations.NullMarked;

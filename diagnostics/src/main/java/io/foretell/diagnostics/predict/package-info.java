/**
 * Remaining life: learned from machines that ran to failure, predicted for those that still run.
 */
@NullMarked
package io.foretell.diagnostics.predict;

import org.jspecify.annotations.NullMarked;

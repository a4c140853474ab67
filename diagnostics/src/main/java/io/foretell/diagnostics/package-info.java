/** What is wrong and what will be: the fold from telemetry to findings. */
@NullMarked
package io.foretell.diagnostics;

import org.jspecify.annotations.NullMarked;

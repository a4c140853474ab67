/** What an operator relies on: logs, traces, metrics, readiness, and the files that deploy it. */
@NullMarked
package io.foretell.app.operations;

import org.jspecify.annotations.NullMarked;

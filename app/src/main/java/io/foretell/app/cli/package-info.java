/** The command line. */
@NullMarked
package io.foretell.app.cli;

import org.jspecify.annotations.NullMarked;

/** Whether a server keeps its promises when it is killed, and in whatever order messages come. */
@NullMarked
package io.foretell.app.kill;

import org.jspecify.annotations.NullMarked;

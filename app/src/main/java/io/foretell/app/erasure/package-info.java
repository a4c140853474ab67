/** What is known of one device: given out as an archive, or erased with a proof. */
@NullMarked
package io.foretell.app.erasure;

import org.jspecify.annotations.NullMarked;

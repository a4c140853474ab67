/** Tests of export and erasure. */
@NullMarked
package io.foretell.app.erasure;

import org.jspecify.annotations.NullMarked;

/** JMH benchmarks of the decoders. */
@NullMarked
package io.foretell.bench.micro;

import org.jspecify.annotations.NullMarked;

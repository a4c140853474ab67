/** Artifacts and metadata over HTTP, resumable, with the JDK's client. */
@NullMarked
package io.foretell.agent.http;

import org.jspecify.annotations.NullMarked;

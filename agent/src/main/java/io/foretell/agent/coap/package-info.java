/** The way to the server over CoAP, reports, commands, artifacts, on Eclipse Californium. */
@NullMarked
package io.foretell.agent.coap;

import org.jspecify.annotations.NullMarked;

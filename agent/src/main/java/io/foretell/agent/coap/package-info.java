/** The way to the server over CoAP, with and without DTLS, on Eclipse Californium. */
@NullMarked
package io.foretell.agent.coap;

import org.jspecify.annotations.NullMarked;

/** Devices that speak CoAP, plain or under DTLS, on Eclipse Californium and Scandium. */
@NullMarked
package io.foretell.gateway.coap;

import org.jspecify.annotations.NullMarked;

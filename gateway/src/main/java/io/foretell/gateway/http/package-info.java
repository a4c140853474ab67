/** Devices that speak HTTP: routes on a Vert.x router that the server owns. */
@NullMarked
package io.foretell.gateway.http;

import org.jspecify.annotations.NullMarked;

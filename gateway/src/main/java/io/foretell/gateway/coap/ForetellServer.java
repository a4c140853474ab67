package io.foretell.gateway.coap;

import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.server.ServerMessageDeliverer;
import org.eclipse.californium.core.server.resources.Resource;
import org.eclipse.californium.elements.config.Configuration;

/** A CoAP server that says nothing of itself at its root and is nobody's proxy. */
final class ForetellServer extends CoapServer {
  ForetellServer(Configuration config) {
    super(config);
    CoapResource wellKnown = KnownOnly.branch(".well-known");
    wellKnown.add(new DiscoveryBlocks(getRoot()));
    Resource standard = getRoot().getChild(".well-known");
    if (standard != null) {
      getRoot().delete(standard);
    }
    getRoot().add(wellKnown);
    setMessageDeliverer(new NoProxy(getRoot(), config));
  }

  @Override
  protected Resource createRoot() {
    return KnownOnly.branch("");
  }

  private static final class NoProxy extends ServerMessageDeliverer {
    NoProxy(Resource root, Configuration config) {
      super(root, config);
    }

    @Override
    protected boolean preDeliverRequest(Exchange exchange) {
      OptionSet options = exchange.getRequest().getOptions();
      if (options.hasProxyUri() || options.hasProxyScheme()) {
        exchange.sendResponse(new Response(ResponseCode.PROXY_NOT_SUPPORTED));
        return true;
      }
      return false;
    }
  }
}

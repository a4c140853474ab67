package io.foretell.gateway.coap;

import org.eclipse.californium.core.coap.CoAPMessageFormatException;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.option.StandardOptionRegistry;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.serialization.MessageHeader;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.util.DatagramReader;

/**
 * Californium's parser without its words: a request that it cannot read is answered before any
 * layer sees it, so before {@link AddressGuard}, with a text that may be longer than three times
 * the request. Here the answer is the bare code.
 */
final class TerseParser extends UdpDataParser {
  TerseParser(Configuration config) {
    super(
        config.get(CoapConfig.STRICT_EMPTY_MESSAGE_FORMAT),
        StandardOptionRegistry.getDefaultOptionRegistry());
  }

  @Override
  protected Message parseMessage(DatagramReader reader, MessageHeader header, Message target) {
    try {
      return super.parseMessage(reader, header, target);
    } catch (CoAPMessageFormatException e) {
      CoAPMessageFormatException terse =
          new CoAPMessageFormatException(
              "", e.getToken(), e.getMid(), e.getCode(), e.isConfirmable(), e.getErrorCode());
      terse.initCause(e);
      throw terse;
    }
  }
}

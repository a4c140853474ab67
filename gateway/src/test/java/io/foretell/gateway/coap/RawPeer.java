package io.foretell.gateway.coap;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Arrays;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;

/** Single datagrams, as a peer that follows no protocol sends them. */
final class RawPeer implements AutoCloseable {
  private final DatagramSocket socket;

  RawPeer(int port) throws Exception {
    socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    socket.connect(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(60_000);
  }

  byte[] bytesOfGet(String path) {
    Request request = Request.newGet();
    request.getOptions().setUriPath(path);
    return bytes(request);
  }

  /** Sends block 0 of a body that never goes on. */
  CoapResponse firstBlock(String pathAndQuery) throws Exception {
    int query = pathAndQuery.indexOf('?');
    Request request = Request.newPost();
    request.getOptions().setUriPath(pathAndQuery.substring(0, query));
    request.getOptions().setUriQuery(pathAndQuery.substring(query + 1));
    request.getOptions().setBlock1(6, true, 0);
    request.setPayload(new byte[1024]);
    Message answer = new UdpDataParser().parseMessage(exchange(bytes(request)));
    return new Answer((Response) answer);
  }

  byte[] exchange(byte[] request) throws Exception {
    send(request);
    return receive();
  }

  void send(byte[] request) throws Exception {
    socket.send(new DatagramPacket(request, request.length));
  }

  byte[] receive() throws Exception {
    DatagramPacket answer = new DatagramPacket(new byte[2000], 2000);
    socket.receive(answer);
    return Arrays.copyOf(answer.getData(), answer.getLength());
  }

  private static byte[] bytes(Request request) {
    request.setMID(4711);
    request.setToken(Token.EMPTY);
    return new UdpDataSerializer().getByteArray(request);
  }

  @Override
  public void close() {
    socket.close();
  }

  private static final class Answer extends CoapResponse {
    Answer(Response response) {
      super(response);
    }
  }
}

package io.foretell.servicedesk.webhook;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One HTTP/1.1 POST (RFC 9112) to an address that the caller has chosen for the URL's host.
 *
 * <p>The platform's HTTP client resolves a name itself, after any check, so what was checked and
 * what is connected to could differ. Here the connection goes to the given address, while the
 * {@code Host} field, the TLS server name and the certificate check use the name. It reads no more
 * than the head of the answer, follows no redirect, uses no proxy, and keeps nothing open.
 */
final class PinnedPost {
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})(?: .*)?");
  private static final int HEAD_LIMIT = 16 * 1024;
  private static final int NANOS_PER_MILLI = 1_000_000;

  private final SSLSocketFactory tls;
  private final Duration connectTimeout;
  private final Duration answerTimeout;

  PinnedPost(SSLSocketFactory tls, Duration connectTimeout, Duration answerTimeout) {
    this.tls = tls;
    this.connectTimeout = connectTimeout;
    this.answerTimeout = answerTimeout;
  }

  /**
   * What the other side said.
   *
   * @param status 200–599
   * @param retryAfter seconds that it asks to be left alone (RFC 9110, 10.2.3)
   */
  record Answer(int status, OptionalLong retryAfter) {}

  Answer post(URI url, InetAddress address, Map<String, String> fields, byte[] body)
      throws IOException {
    boolean secure = url.getScheme().equalsIgnoreCase("https");
    int port = url.getPort() > 0 ? url.getPort() : secure ? 443 : 80;
    try (Socket plain = new Socket(Proxy.NO_PROXY)) {
      plain.connect(new InetSocketAddress(address, port), (int) connectTimeout.toMillis());
      plain.setTcpNoDelay(true);
      long deadline = System.nanoTime() + answerTimeout.toNanos();
      plain.setSoTimeout((int) answerTimeout.toMillis());
      if (!secure) {
        return exchange(plain, url, fields, body, deadline);
      }
      try (SSLSocket wrapped = wrap(plain, url.getHost(), port)) {
        return exchange(wrapped, url, fields, body, deadline);
      }
    }
  }

  private SSLSocket wrap(Socket plain, String host, int port) throws IOException {
    SSLSocket socket = (SSLSocket) tls.createSocket(plain, host, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static Answer exchange(
      Socket socket, URI url, Map<String, String> fields, byte[] body, long deadline)
      throws IOException {
    OutputStream out = socket.getOutputStream();
    byte[] head = head(url, fields, body.length);
    byte[] message = new byte[head.length + body.length];
    System.arraycopy(head, 0, message, 0, head.length);
    System.arraycopy(body, 0, message, head.length, body.length);
    out.write(message);
    out.flush();
    Head in = new Head(socket, deadline);
    Answer answer = in.read();
    while (answer.status() < 200) {
      answer = in.read();
    }
    return answer;
  }

  private static byte[] head(URI url, Map<String, String> fields, int length) {
    String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
    String host = url.getPort() > 0 ? url.getHost() + ":" + url.getPort() : url.getHost();
    StringBuilder head = new StringBuilder();
    head.append("POST ").append(path).append(query).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(host).append("\r\n");
    fields.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    head.append("Content-Length: ").append(length).append("\r\n");
    head.append("Connection: close\r\n\r\n");
    return head.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** Reads heads of answers, within a limit of bytes and a deadline. */
  private static final class Head {
    private final Socket socket;
    private final InputStream in;
    private final long deadline;
    private int left = HEAD_LIMIT;

    Head(Socket socket, long deadline) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream(), 1024);
      this.deadline = deadline;
    }

    Answer read() throws IOException {
      Matcher status = STATUS.matcher(line());
      if (!status.matches()) {
        throw new IOException("the answer is no HTTP/1.1");
      }
      OptionalLong retryAfter = OptionalLong.empty();
      for (String line = line(); !line.isEmpty(); line = line()) {
        if (line.toLowerCase(Locale.ROOT).startsWith("retry-after:")) {
          retryAfter = seconds(line.substring("retry-after:".length()).strip());
        }
      }
      return new Answer(Integer.parseInt(status.group(1)), retryAfter);
    }

    private static OptionalLong seconds(String value) {
      return value.matches("[0-9]{1,9}")
          ? OptionalLong.of(Long.parseLong(value))
          : OptionalLong.empty();
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int c = next(); c != '\n'; c = next()) {
        line.append((char) c);
      }
      int end = line.length();
      return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
    }

    private int next() throws IOException {
      if (--left < 0) {
        throw new IOException("the answer's head is too long");
      }
      long remaining = (deadline - System.nanoTime()) / NANOS_PER_MILLI;
      if (remaining <= 0) {
        throw new SocketTimeoutException("no answer in time");
      }
      socket.setSoTimeout((int) remaining);
      int c = in.read();
      if (c < 0) {
        throw new IOException("the connection ended before the answer");
      }
      return c;
    }
  }
}

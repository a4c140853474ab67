package io.foretell.gateway.coap;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.option.StandardOptionRegistry;

/**
 * Values of the Echo option (RFC 9175 section 2) that the server need not remember: eight bytes of
 * HMAC-SHA-256 over whom they are for and when, with a key that lives as long as the process. A
 * value is good for one to two minutes.
 */
final class Echo {
  private static final int LENGTH = 8;
  private static final long PERIOD_NANOS = 60_000_000_000L;

  private final SecretKeySpec key;
  private final LongSupplier nanos;

  /**
   * @param nanos as {@link System#nanoTime}
   */
  Echo(LongSupplier nanos) {
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    this.key = new SecretKeySpec(random, "HmacSHA256");
    this.nanos = nanos;
  }

  /** A challenge to whoever is at an address. */
  void challenge(Message answer, InetSocketAddress peer) {
    challenge(answer, subject(peer));
  }

  /** A challenge to whoever holds a key that this text names. */
  void challenge(Message answer, String subject) {
    byte[] value = value(subject.getBytes(US_ASCII), period());
    answer.getOptions().addOtherOption(new Option(StandardOptionRegistry.ECHO, value));
  }

  /** Whether a request brings back what its address was given. */
  boolean answered(Message request, InetSocketAddress peer) {
    return answered(request, subject(peer));
  }

  /** Whether a request brings back what was given to the holder of that key. */
  boolean answered(Message request, String subject) {
    Option echo = request.getOptions().getOtherOption(StandardOptionRegistry.ECHO);
    if (echo == null || echo.getValue() == null) {
      return false;
    }
    byte[] bytes = subject.getBytes(US_ASCII);
    long now = period();
    return MessageDigest.isEqual(value(bytes, now), echo.getValue())
        || MessageDigest.isEqual(value(bytes, now - 1), echo.getValue());
  }

  private static String subject(InetSocketAddress peer) {
    return "at " + peer.getAddress().getHostAddress() + " " + peer.getPort();
  }

  private long period() {
    return Math.floorDiv(nanos.getAsLong(), PERIOD_NANOS);
  }

  private byte[] value(byte[] subject, long period) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      mac.update(ByteBuffer.allocate(Long.BYTES).putLong(period).array());
      return Arrays.copyOf(mac.doFinal(subject), LENGTH);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
    }
  }
}

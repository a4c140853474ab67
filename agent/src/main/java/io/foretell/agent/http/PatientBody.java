package io.foretell.agent.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A body as a stream that waits for the next bytes as long as it was told, not for ever: the
 * request's own timeout ends with the headers.
 */
final class PatientBody extends InputStream implements HttpResponse.BodySubscriber<InputStream> {
  /** One delivery of the connection: bytes, or how the body ended. */
  private record Part(List<ByteBuffer> bytes, boolean last, @Nullable Throwable failure) {}

  private final long patienceMillis;
  private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
  private final CompletableFuture<Flow.Subscription> subscribed = new CompletableFuture<>();
  private Part current = new Part(List.of(), false, null);
  private int buffer;

  PatientBody(Duration patience) {
    this.patienceMillis = patience.toMillis();
  }

  @Override
  public CompletionStage<InputStream> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    if (!subscribed.complete(subscription)) {
      subscription.cancel();
    }
  }

  @Override
  public void onNext(List<ByteBuffer> bytes) {
    parts.add(new Part(bytes, false, null));
  }

  @Override
  public void onError(Throwable failure) {
    parts.add(new Part(List.of(), true, failure));
  }

  @Override
  public void onComplete() {
    parts.add(new Part(List.of(), true, null));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    ByteBuffer bytes = bytes();
    if (bytes == null) {
      return -1;
    }
    int n = Math.min(length, bytes.remaining());
    bytes.get(target, offset, n);
    return n;
  }

  private @Nullable ByteBuffer bytes() throws IOException {
    while (true) {
      while (buffer < current.bytes().size()) {
        if (current.bytes().get(buffer).hasRemaining()) {
          return current.bytes().get(buffer);
        }
        buffer++;
      }
      if (current.failure() != null) {
        throw new IOException("the connection broke: " + current.failure(), current.failure());
      }
      if (current.last()) {
        return null;
      }
      subscribed.thenAccept(subscription -> subscription.request(1));
      current = next();
      buffer = 0;
    }
  }

  private Part next() throws IOException {
    try {
      Part next = parts.poll(patienceMillis, TimeUnit.MILLISECONDS);
      if (next == null) {
        close();
        throw new HttpTimeoutException("no more bytes for " + patienceMillis + " ms");
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  @Override
  public void close() {
    subscribed.thenAccept(Flow.Subscription::cancel);
  }
}

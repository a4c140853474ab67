package io.foretell.app.http;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An archive as the answer to a request, sent as it is made. */
final class Archive {
  private static final Logger log = LoggerFactory.getLogger(Archive.class);

  private Archive() {}

  /**
   * Sends one.
   *
   * @param what it is, for the log
   * @param writer writes it; blocks
   */
  static void send(
      Vertx vertx,
      Routes routes,
      RoutingContext context,
      String what,
      Consumer<OutputStream> writer) {
    HttpServerResponse response = context.response();
    Sending out = new Sending(vertx.getOrCreateContext(), response);
    vertx
        .executeBlocking(
            () -> {
              writer.accept(out);
              return true;
            },
            false)
        .onSuccess(
            done -> {
              log.info("{} was made", what);
              response.end();
            })
        .onFailure(
            failure -> {
              if (response.headWritten()) {
                // The client sees that it breaks off, and that the manifest at the end is missing.
                log.warn("{} was cut off: {}", what, failure.toString());
                response.reset();
              } else {
                routes.fail(context, failure);
              }
            });
  }

  /** A response as a stream for a thread that may wait: as fast as the client takes it. */
  private static final class Sending extends OutputStream {
    private static final long PATIENCE_SECONDS = 60;

    private final Context context;
    private final HttpServerResponse response;

    Sending(Context context, HttpServerResponse response) {
      this.context = context;
      this.response = response;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      Buffer piece = Buffer.buffer(Arrays.copyOfRange(bytes, offset, offset + length));
      CompletableFuture<Void> written = new CompletableFuture<>();
      context.runOnContext(
          now -> {
            if (!response.headWritten()) {
              response.setChunked(true).putHeader("content-type", "application/zip");
            }
            response
                .write(piece)
                .onSuccess(written::complete)
                .onFailure(written::completeExceptionally);
          });
      try {
        written.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        throw new IOException("the client does not take it: " + e.getMessage(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted");
      }
    }
  }
}

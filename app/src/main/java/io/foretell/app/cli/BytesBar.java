package io.foretell.app.cli;

import java.util.function.LongConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Bytes as they go by, on standard error, unless a program reads. */
final class BytesBar implements LongConsumer, AutoCloseable {
  private static final long UNKNOWN = -1;

  private final @Nullable ProgressBar bar;

  BytesBar(String task, boolean quiet) {
    bar =
        quiet
            ? null
            : new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(UNKNOWN)
                .setUnit(" MiB", 1 << 20)
                .setStyle(ProgressBarStyle.ASCII)
                .build();
  }

  @Override
  public void accept(long bytes) {
    if (bar != null) {
      bar.stepTo(bytes);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}

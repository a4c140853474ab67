package io.foretell.proto;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A sink that keeps what it is given, and answers as the test says. */
final class Recorder<I> implements Sink<I> {
  private final List<List<Entry<I>>> batches = new ArrayList<>();
  private final List<Entry<I>> taken = new ArrayList<>();
  private int failures;
  private boolean holding;
  private final List<CompletableFuture<Void>> held = new ArrayList<>();

  /** The next batches fail; every second one by throwing. */
  synchronized Recorder<I> failing(int times) {
    failures = times;
    return this;
  }

  /** Batches are not answered until {@link #release}. */
  synchronized Recorder<I> holding() {
    holding = true;
    return this;
  }

  /** Answers all, now and from now on. */
  void release() {
    List<CompletableFuture<Void>> now;
    synchronized (this) {
      holding = false;
      now = List.copyOf(held);
      held.clear();
    }
    now.forEach(answer -> answer.complete(null));
  }

  @Override
  public synchronized CompletionStage<?> write(List<Entry<I>> batch) {
    batches.add(List.copyOf(batch));
    if (failures > 0) {
      failures--;
      if (failures % 2 == 0) {
        throw new IllegalStateException("no, on purpose");
      }
      return CompletableFuture.failedFuture(new IllegalStateException("not yet, on purpose"));
    }
    taken.addAll(batch);
    if (holding) {
      CompletableFuture<Void> answer = new CompletableFuture<>();
      held.add(answer);
      return answer;
    }
    return CompletableFuture.completedFuture(null);
  }

  /** Every batch it was given, refused ones too. */
  synchronized List<List<Entry<I>>> batches() {
    return List.copyOf(batches);
  }

  /** Every entry of the batches it did not refuse. */
  synchronized List<Entry<I>> taken() {
    return List.copyOf(taken);
  }

  /** The values of one device. */
  synchronized List<I> of(DeviceId device) {
    return taken.stream().filter(e -> e.key().equals(device)).map(Entry::value).toList();
  }
}

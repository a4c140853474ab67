package io.foretell.ingest.engine.rocksdb;

import io.foretell.ingest.engine.Held;
import io.foretell.proto.DeviceId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.rocksdb.RocksIterator;

/** The committed states of a hosted stage, to read. */
final class States {
  private static final int PAGE = 256;

  private final Store store;
  private final Store.Family family;
  private final HostedStage<?, ?> hosted;

  private record Found(byte[] key, byte[] record) {}

  States(Store store, HostedStage<?, ?> hosted) {
    this.store = store;
    this.family = store.family("states");
    this.hosted = hosted;
  }

  Optional<Object> find(DeviceId key) {
    byte[] stateKey = Keys.state(hosted.id(), key);
    return Optional.ofNullable(store.read(db -> db.get(family.handle(), stateKey)))
        .map(this::decode);
  }

  /** In pages, so that a slow visitor holds nothing up. */
  void each(BiConsumer<DeviceId, Object> visitor) {
    byte[] prefix = Keys.statePrefix(hosted.id());
    List<Found> page = page(prefix, prefix);
    while (!page.isEmpty()) {
      for (Found found : page) {
        visitor.accept(Keys.stateDevice(found.key()), decode(found.record()));
      }
      byte[] last = page.get(page.size() - 1).key();
      page = page(prefix, Arrays.copyOf(last, last.length + 1));
    }
  }

  private Object decode(byte[] record) {
    return hosted.stage().codec().decode(Held.encodedState(record));
  }

  private List<Found> page(byte[] prefix, byte[] from) {
    return store.read(
        db -> {
          List<Found> page = new ArrayList<>();
          try (RocksIterator iterator = store.iterator(family)) {
            iterator.seek(from);
            while (iterator.isValid() && page.size() < PAGE) {
              byte[] key = iterator.key();
              if (!Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length)) {
                break;
              }
              page.add(new Found(key, iterator.value()));
              iterator.next();
            }
          }
          return page;
        });
  }
}

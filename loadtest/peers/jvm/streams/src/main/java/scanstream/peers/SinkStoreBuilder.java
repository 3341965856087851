package scanstream.peers;

import java.util.Map;
import org.apache.kafka.streams.state.StoreBuilder;

/** Makes one {@link SinkStore} a task. */
final class SinkStoreBuilder implements StoreBuilder<SinkStore> {
    @Override
    public StoreBuilder<SinkStore> withCachingEnabled() {
        return this;
    }

    @Override
    public StoreBuilder<SinkStore> withCachingDisabled() {
        return this;
    }

    @Override
    public StoreBuilder<SinkStore> withLoggingEnabled(Map<String, String> config) {
        return this;
    }

    @Override
    public StoreBuilder<SinkStore> withLoggingDisabled() {
        return this;
    }

    @Override
    public SinkStore build() {
        return new SinkStore();
    }

    @Override
    public Map<String, String> logConfig() {
        return Map.of();
    }

    @Override
    public boolean loggingEnabled() {
        return false;
    }

    @Override
    public String name() {
        return SinkStore.NAME;
    }
}

package scanstream.peers;

import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;

/**
 * Rows as a state store without a changelog: Kafka Streams flushes stores before it commits offsets, so no offset is
 * committed whose row ClickHouse has not acknowledged.
 */
public final class SinkStore implements StateStore {
    static final String NAME = "rows";

    private final Rows rows = new Rows();
    private boolean open;

    Rows rows() {
        return rows;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        open = true;
        context.register(root, (key, value) -> {});
    }

    @Override
    public void flush() {
        rows.flush();
    }

    @Override
    public void close() {
        open = false;
    }

    @Override
    public boolean persistent() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return open;
    }
}

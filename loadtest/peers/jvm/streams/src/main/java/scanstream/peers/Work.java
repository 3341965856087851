package scanstream.peers;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.WindowStore;
import vn.scanstream.VenueScan;

/**
 * Decode, drop what was seen, enrich, insert. As Confluent's "find distinct events" recipe, with a window store keyed
 * by the event's id; ids are filed under their window's start, so that two point look-ups replace a range scan.
 */
final class Work implements Processor<byte[], byte[], Void, Void> {
    static final String SEEN = "seen";
    static final Duration WINDOW = Duration.ofMinutes(10);

    private static final byte[] MARK = {1};
    private static final AtomicBoolean READY = new AtomicBoolean();

    private final Decoder decoder = new Decoder();
    private final Places places;
    private ProcessorContext<Void, Void> context;
    private WindowStore<Bytes, byte[]> seen;
    private Rows rows;
    private VenueScan reused;

    Work(Places places) {
        this.places = places;
    }

    @Override
    public void init(ProcessorContext<Void, Void> given) {
        context = given;
        seen = given.getStateStore(SEEN);
        SinkStore sink = given.getStateStore(SinkStore.NAME);
        rows = sink.rows();
        given.schedule(Duration.ofMillis(Rows.LINGER_MS), PunctuationType.WALL_CLOCK_TIME, now -> rows.linger());
    }

    @Override
    public void process(Record<byte[], byte[]> event) {
        if (!READY.get() && READY.compareAndSet(false, true)) {
            Settings.sayReady();
        }
        VenueScan scan = decoder.decode(event.value(), reused);
        if (scan == null) {
            return;
        }
        reused = scan;
        if (isNew(scan.getScanId().bytes(), event.timestamp())) {
            RecordMetadata source = context.recordMetadata().orElseThrow();
            rows.add(scan, places.get(scan.getPlaceId()), source.partition(), source.offset(), event.timestamp());
        }
    }

    private boolean isNew(byte[] id, long loggedAtMs) {
        long window = WINDOW.toMillis();
        long start = loggedAtMs - loggedAtMs % window;
        Bytes key = Bytes.wrap(id.clone());
        if (seen.fetch(key, start) != null || seen.fetch(key, start - window) != null) {
            return false;
        }
        seen.put(key, MARK, start);
        return true;
    }
}

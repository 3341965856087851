package scanstream.peers;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import vn.scanstream.VenueScan;

/** Decodes an event and passes it on if its id has not been seen for the length of the window: keyed state with TTL. */
final class Distinct extends KeyedProcessFunction<Tuple2<Long, Long>, Raw, Decoded> {
    private static final long serialVersionUID = 1;
    private static final Duration WINDOW = Duration.ofMinutes(10);
    private static final AtomicBoolean READY = new AtomicBoolean();

    private transient Decoder decoder;
    private transient Decoded decoded;
    private transient ValueState<Boolean> seen;

    @Override
    public void open(OpenContext context) {
        decoder = new Decoder();
        decoded = new Decoded();
        ValueStateDescriptor<Boolean> descriptor = new ValueStateDescriptor<>("seen", Types.BOOLEAN);
        // Expired ids are removed as Flink does by default: some at each access, in RocksDB when it compacts.
        descriptor.enableTimeToLive(StateTtlConfig.newBuilder(WINDOW).build());
        seen = getRuntimeContext().getState(descriptor);
    }

    @Override
    public void processElement(Raw raw, Context context, Collector<Decoded> out) throws Exception {
        if (!READY.get() && READY.compareAndSet(false, true)) {
            Settings.sayReady();
        }
        VenueScan scan = decoder.decode(raw.value, decoded.scan);
        if (scan == null || seen.value() != null) {
            return;
        }
        seen.update(Boolean.TRUE);
        decoded.scan = scan;
        decoded.raw = raw;
        out.collect(decoded);
    }
}

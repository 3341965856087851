package scanstream.peers;

import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Enriches and inserts; flushed before each checkpoint, so that no offset is kept whose row has not landed. */
final class ClickHouseSink implements Sink<Decoded> {
    private static final long serialVersionUID = 1;

    @Override
    public SinkWriter<Decoded> createWriter(WriterInitContext context) {
        return new Writer(context.getProcessingTimeService());
    }

    private static final class Writer implements SinkWriter<Decoded> {
        private final Places places = new Places();
        private final Rows rows = new Rows();
        private final ProcessingTimeService time;

        Writer(ProcessingTimeService time) {
            this.time = time;
            linger(0);
        }

        private void linger(long now) {
            rows.linger();
            time.registerTimer(time.getCurrentProcessingTime() + Rows.LINGER_MS, this::linger);
        }

        @Override
        public void write(Decoded decoded, Context context) {
            Raw raw = decoded.raw;
            rows.add(decoded.scan, places.get(decoded.scan.getPlaceId()), raw.partition, raw.offset, raw.loggedAtMs);
        }

        @Override
        public void flush(boolean endOfInput) {
            rows.flush();
        }

        @Override
        public void close() {}
    }
}

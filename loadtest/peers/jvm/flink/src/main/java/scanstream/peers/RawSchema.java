package scanstream.peers;

import java.nio.ByteBuffer;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Takes events from Kafka, with their position; what is too short to have an id is dropped. */
final class RawSchema implements KafkaRecordDeserializationSchema<Raw> {
    private static final long serialVersionUID = 1;
    private static final int ID_AT = 5;
    private static final int ID_BYTES = 16;

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Raw> out) {
        byte[] value = record.value();
        if (value == null || value.length < ID_AT + ID_BYTES) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.wrap(value);
        Raw raw = new Raw();
        raw.left = bytes.getLong(ID_AT);
        raw.right = bytes.getLong(ID_AT + 8);
        raw.partition = record.partition();
        raw.offset = record.offset();
        raw.loggedAtMs = record.timestamp();
        raw.value = value;
        out.collect(raw);
    }

    @Override
    public TypeInformation<Raw> getProducedType() {
        return TypeInformation.of(Raw.class);
    }
}

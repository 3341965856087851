package scanstream.peers;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The work in Flink's DataStream API at a parallelism of two, in one process. Variants: heap, rocksdb. */
public final class FlinkPeer {
    private static final int PARALLELISM = 2;
    private static final Duration CHECKPOINTS = Duration.ofSeconds(10);

    private FlinkPeer() {}

    public static void main(String[] arguments) throws Exception {
        StreamExecutionEnvironment flink =
                StreamExecutionEnvironment.createLocalEnvironment(PARALLELISM, configuration());
        flink.enableCheckpointing(CHECKPOINTS.toMillis());
        flink.fromSource(source(), WatermarkStrategy.noWatermarks(), "scans")
                .keyBy(raw -> Tuple2.of(raw.left, raw.right), Types.TUPLE(Types.LONG, Types.LONG))
                .process(new Distinct(), Types.GENERIC(Decoded.class))
                .sinkTo(new ClickHouseSink());
        flink.execute(Settings.get("GROUP"));
    }

    private static KafkaSource<Raw> source() {
        return KafkaSource.<Raw>builder()
                .setBootstrapServers(Settings.get("KAFKA"))
                .setTopics(Settings.get("TOPIC"))
                .setGroupId(Settings.get("GROUP"))
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setDeserializer(new RawSchema())
                .setProperty("max.poll.records", "10000")
                .setProperty("max.partition.fetch.bytes", String.valueOf(4 << 20))
                .setProperty("check.crcs", "false")
                .build();
    }

    private static Configuration configuration() {
        Configuration set = new Configuration();
        set.set(PipelineOptions.OBJECT_REUSE, true);
        set.set(StateBackendOptions.STATE_BACKEND, Settings.get("VARIANT").equals("rocksdb") ? "rocksdb" : "hashmap");
        set.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        set.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, Settings.directory().resolve("checkpoints").toUri().toString());
        set.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        // RocksDB's caches and buffers are in it; a local environment's default is 128 MiB.
        set.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(512));
        return set;
    }
}

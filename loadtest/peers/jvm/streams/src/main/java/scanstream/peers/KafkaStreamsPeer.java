package scanstream.peers;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowBytesStoreSupplier;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.common.utils.Bytes;

/** The work in Kafka Streams on two threads. Variants: memory, rocksdb (at-least-once), exactly-once (in memory). */
public final class KafkaStreamsPeer {
    private static final int THREADS = 2;
    private static final int MEBIBYTE = 1 << 20;

    private KafkaStreamsPeer() {}

    public static void main(String[] arguments) throws InterruptedException {
        String variant = Settings.get("VARIANT");
        KafkaStreams streams = new KafkaStreams(topology(variant), properties(variant));
        CountDownLatch over = new CountDownLatch(1);
        streams.setUncaughtExceptionHandler(problem -> {
            problem.printStackTrace();
            Runtime.getRuntime().halt(1);
            return null;
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            streams.close(Duration.ofSeconds(10));
            over.countDown();
        }));
        streams.start();
        over.await();
    }

    private static Topology topology(String variant) {
        Places places = new Places();
        Topology topology = new Topology();
        topology.addSource("scans", Serdes.ByteArray().deserializer(), Serdes.ByteArray().deserializer(),
                Settings.get("TOPIC"));
        topology.addProcessor("work", () -> new Work(places), "scans");
        topology.addStateStore(seen(variant.equals("rocksdb")), "work");
        topology.addStateStore(new SinkStoreBuilder(), "work");
        return topology;
    }

    private static StoreBuilder<WindowStore<Bytes, byte[]>> seen(boolean onDisk) {
        // Ids are filed under a window's start, so the retention is two windows and one in which the second ends.
        Duration retention = Work.WINDOW.multipliedBy(3);
        WindowBytesStoreSupplier supplier = onDisk
                ? Stores.persistentWindowStore(Work.SEEN, retention, Work.WINDOW, false)
                : Stores.inMemoryWindowStore(Work.SEEN, retention, Work.WINDOW, false);
        return Stores.windowStoreBuilder(supplier, Serdes.Bytes(), Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of());
    }

    private static Properties properties(String variant) {
        Properties set = new Properties();
        set.put(StreamsConfig.APPLICATION_ID_CONFIG, Settings.get("GROUP"));
        set.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, Settings.get("KAFKA"));
        set.put(StreamsConfig.STATE_DIR_CONFIG, Settings.directory().resolve("streams").toString());
        set.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, THREADS);
        set.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
        set.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 10_000);
        if (variant.equals("exactly-once")) {
            set.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
            // Each commit ends an insert: the default of 100 ms would make them small.
            set.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1_000);
        }
        set.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        set.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 10_000);
        set.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), 64 * MEBIBYTE);
        set.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), 4 * MEBIBYTE);
        set.put(StreamsConfig.consumerPrefix(ConsumerConfig.CHECK_CRCS_CONFIG), false);
        set.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        set.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 100);
        set.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), MEBIBYTE / 4);
        return set;
    }
}

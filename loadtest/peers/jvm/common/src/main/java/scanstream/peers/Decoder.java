package scanstream.peers;

import java.io.IOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import vn.scanstream.VenueScan;

/** Decodes Confluent-framed scans with Avro's generated class; decoder and reader are used again. One thread only. */
public final class Decoder {
    private static final int HEADER_BYTES = 5;
    private static final int SCHEMA_ID = 201;

    private final SpecificDatumReader<VenueScan> reader = new SpecificDatumReader<>(VenueScan.class);
    private BinaryDecoder decoder;

    /** Returns the scan, or null for bytes that are none. `reuse` may be filled again, or null. */
    public VenueScan decode(byte[] value, VenueScan reuse) {
        if (value == null || value.length <= HEADER_BYTES || value[0] != 0 || schemaId(value) != SCHEMA_ID) {
            return null;
        }
        try {
            decoder = DecoderFactory.get()
                    .binaryDecoder(value, HEADER_BYTES, value.length - HEADER_BYTES, decoder);
            VenueScan scan = reader.read(reuse, decoder);
            return decoder.isEnd() ? scan : null;
        } catch (IOException | AvroRuntimeException | IndexOutOfBoundsException malformed) {
            return null;
        }
    }

    private static int schemaId(byte[] value) {
        return (value[1] & 255) << 24 | (value[2] & 255) << 16 | (value[3] & 255) << 8 | value[4] & 255;
    }
}

package scanstream.peers;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** One column of a Native block: name, ClickHouse type, and values of fixed width. */
final class Column {
    private final byte[] head;
    private final ByteBuffer values;

    Column(String name, String type, int width, int rows) {
        byte[] nameBytes = name.getBytes(StandardCharsets.US_ASCII);
        byte[] typeBytes = type.getBytes(StandardCharsets.US_ASCII);
        head = ByteBuffer.allocate(nameBytes.length + typeBytes.length + 2)
                .put((byte) nameBytes.length).put(nameBytes)
                .put((byte) typeBytes.length).put(typeBytes)
                .array();
        values = ByteBuffer.allocate(width * rows).order(ByteOrder.LITTLE_ENDIAN);
    }

    void bytes(byte[] value) {
        values.put(value);
    }

    void byte1(int value) {
        values.put((byte) value);
    }

    void short2(int value) {
        values.putShort((short) value);
    }

    void int4(int value) {
        values.putInt(value);
    }

    void long8(long value) {
        values.putLong(value);
    }

    int size() {
        return head.length + values.position();
    }

    void writeTo(ByteBuffer target) {
        target.put(head).put(values.array(), 0, values.position());
    }

    void clear() {
        values.clear();
    }
}

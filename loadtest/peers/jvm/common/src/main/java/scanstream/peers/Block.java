package scanstream.peers;

import java.nio.ByteBuffer;
import vn.scanstream.VenueScan;

/** Rows gathered column by column, to be sent as one block of ClickHouse's Native format. One thread only. */
final class Block {
    /** The columns that are sent, in order; those of the table that are not get their defaults. */
    static final String COLUMNS = "scan_id, subject, token_kind, key_version, place_id, gate, direction, device_id, "
            + "device_seq, event_time, credential, scan_mode, capture_mode, source_app, logged_at, category, "
            + "department, commune, district, province, _partition, _offset";

    private static final String[] TYPES = {
        "FixedString(16)", "FixedString(16)", "Int8", "UInt8", "UInt32", "UInt16", "Int8", "UInt32",
        "UInt32", "DateTime64(3, 'UTC')", "Int8", "Int8", "Int8", "Int8", "DateTime64(3, 'UTC')", "Int8",
        "Int8", "UInt16", "UInt16", "UInt8", "UInt16", "Int64"
    };
    private static final int[] WIDTHS = {16, 16, 1, 1, 4, 2, 1, 4, 4, 8, 1, 1, 1, 1, 8, 1, 1, 2, 2, 1, 2, 8};
    private static final int MOST_HEADER_BYTES = 10;

    private final Column[] columns = new Column[TYPES.length];
    private int rows;

    Block(int mostRows) {
        String[] names = COLUMNS.split(", ");
        for (int index = 0; index < columns.length; index++) {
            columns[index] = new Column(names[index], TYPES[index], WIDTHS[index], mostRows);
        }
    }

    int rows() {
        return rows;
    }

    void add(VenueScan scan, Places.Place place, int partition, long offset, long loggedAtMs) {
        Column[] to = columns;
        to[0].bytes(scan.getScanId().bytes());
        to[1].bytes(scan.getSubject().bytes());
        to[2].byte1(scan.getTokenKind().ordinal());
        to[3].byte1(scan.getKeyVersion());
        to[4].int4(scan.getPlaceId());
        to[5].short2(scan.getGate());
        to[6].byte1(scan.getDirection().ordinal());
        to[7].int4(scan.getDeviceId());
        to[8].int4((int) scan.getDeviceSeq());
        to[9].long8(scan.getEventTime().toEpochMilli());
        to[10].byte1(scan.getCredential().ordinal());
        to[11].byte1(scan.getScanMode().ordinal());
        to[12].byte1(scan.getCaptureMode().ordinal());
        to[13].byte1(scan.getSourceApp().ordinal());
        to[14].long8(loggedAtMs);
        to[15].byte1(place.category());
        to[16].byte1(place.department());
        to[17].short2(place.commune());
        to[18].short2(place.district());
        to[19].byte1(place.province());
        to[20].short2(partition);
        to[21].long8(offset);
        rows++;
    }

    /** Returns the block's bytes and empties it. */
    byte[] take() {
        int size = MOST_HEADER_BYTES;
        for (Column column : columns) {
            size += column.size();
        }
        ByteBuffer target = ByteBuffer.allocate(size);
        putNumber(target, columns.length);
        putNumber(target, rows);
        for (Column column : columns) {
            column.writeTo(target);
            column.clear();
        }
        rows = 0;
        byte[] whole = new byte[target.position()];
        target.flip().get(whole);
        return whole;
    }

    /** Writes a number as ClickHouse does: seven bits a byte, the lowest first. */
    private static void putNumber(ByteBuffer target, int number) {
        int left = number;
        while (left >= 128) {
            target.put((byte) (left & 127 | 128));
            left >>>= 7;
        }
        target.put((byte) left);
    }
}

package scanstream.peers;

/**
 * An event on its way to whoever keeps its id: the bytes as they came, and the id as two numbers. Bytes are decoded
 * once, after the shuffle, because their own form is the smallest there is. A Flink POJO.
 */
public final class Raw {
    public long left;
    public long right;
    public int partition;
    public long offset;
    public long loggedAtMs;
    public byte[] value;

    public Raw() {}
}

package scanstream.peers;

import vn.scanstream.VenueScan;

/** A scan and where it came from. It only goes to a chained operator, and is used again for the next one. */
public final class Decoded {
    public VenueScan scan;
    public Raw raw;

    public Decoded() {}
}

package scanstream.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The registry of places: what a scan is enriched with, by place_id. */
public final class Places {
    /** What a place adds to a scan. */
    public record Place(byte category, byte department, short commune, short district, byte province) {}

    private static final Place UNKNOWN = new Place((byte) 0, (byte) 0, (short) 0, (short) 0, (byte) 0);

    private final Map<Integer, Place> places = new HashMap<>();

    /** Reads the bench's file. */
    public Places() {
        try {
            for (String line : Files.readAllLines(Path.of(Settings.get("PLACES")))) {
                String[] part = line.split("\t");
                places.put(Integer.valueOf(part[0]), new Place(
                        (byte) Integer.parseInt(part[1]),
                        (byte) Integer.parseInt(part[2]),
                        (short) Integer.parseInt(part[3]),
                        (short) Integer.parseInt(part[4]),
                        (byte) Integer.parseInt(part[5])));
            }
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    public Place get(int placeId) {
        return places.getOrDefault(placeId, UNKNOWN);
    }
}

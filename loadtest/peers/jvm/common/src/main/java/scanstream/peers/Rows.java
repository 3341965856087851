package scanstream.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import vn.scanstream.VenueScan;

/**
 * Rows on their way into ClickHouse: large blocks over HTTP, one insert under way while the next block fills.
 * One thread only. Whoever commits a position first calls {@link #flush}.
 */
public final class Rows {
    /** Rows of an insert. ClickHouse's advice is 10,000 to 100,000. */
    private static final int BATCH_ROWS = 50_000;
    /** A block that isn't full waits no longer. */
    public static final long LINGER_MS = 1_000;

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Block block = new Block(BATCH_ROWS);
    private final URI uri;
    private CompletableFuture<HttpResponse<String>> underWay = CompletableFuture.completedFuture(null);
    private long sinceMs;

    /** Makes a writer of the table the bench names. */
    public Rows() {
        String insert = "INSERT INTO " + Settings.get("TABLE") + " (" + Block.COLUMNS + ") FORMAT Native";
        uri = URI.create("http://" + Settings.get("CLICKHOUSE_HOST") + ":" + Settings.get("CLICKHOUSE_PORT")
                + "/?database=" + Settings.get("CLICKHOUSE_DATABASE")
                + "&query=" + URLEncoder.encode(insert, StandardCharsets.UTF_8));
    }

    /** Adds a row; sends the block when it is full. */
    public void add(VenueScan scan, Places.Place place, int partition, long offset, long loggedAtMs) {
        if (block.rows() == 0) {
            sinceMs = System.currentTimeMillis();
        }
        block.add(scan, place, partition, offset, loggedAtMs);
        if (block.rows() == BATCH_ROWS) {
            send();
        }
    }

    /** Sends a block that has waited long enough. */
    public void linger() {
        if (block.rows() > 0 && System.currentTimeMillis() - sinceMs >= LINGER_MS) {
            send();
        }
    }

    /** Sends what is there and returns when ClickHouse has acknowledged everything; throws if it has not. */
    public void flush() {
        if (block.rows() > 0) {
            send();
        }
        awaitUnderWay();
    }

    private void send() {
        awaitUnderWay();
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("X-ClickHouse-User", Settings.get("CLICKHOUSE_USER"))
                .header("X-ClickHouse-Key", Settings.get("CLICKHOUSE_PASSWORD"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(block.take()))
                .build();
        underWay = CLIENT.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    private void awaitUnderWay() {
        try {
            HttpResponse<String> answer = underWay.join();
            if (answer != null && answer.statusCode() != 200) {
                throw new UncheckedIOException(new IOException("ClickHouse said: " + answer.body()));
            }
        } catch (CompletionException problem) {
            throw new UncheckedIOException(new IOException(problem.getCause()));
        } finally {
            underWay = CompletableFuture.completedFuture(null);
        }
    }
}

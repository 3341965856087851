package scanstream.peers;

import java.nio.file.Path;

/** What the bench tells a peer, in environment variables PEER_...: see docs/peers.md. */
public final class Settings {
    private Settings() {}

    /** Returns a variable, or throws if the bench has not set it. */
    public static String get(String name) {
        String value = System.getenv("PEER_" + name);
        if (value == null) {
            throw new IllegalStateException("PEER_" + name + " is not set");
        }
        return value;
    }

    public static Path directory() {
        return Path.of(get("DIRECTORY"));
    }

    /** Tells the bench that all is running: call it when the first event has come. */
    public static void sayReady() {
        System.out.println("PEER READY");
        System.out.flush();
    }
}

package org.byoemail.command.gateway;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Reads server-sent events (WHATWG HTML) of a gateway, each field of them on one line. */
final class EventReader {
  private static final int MAX_LINE = 8 << 20;

  private final InputStream in;
  private final AtomicLong readAt = new AtomicLong(System.nanoTime());

  EventReader(InputStream in) {
    this.in = new BufferedInputStream(in);
  }

  /**
   * An event, or the position at which a stream begins.
   *
   * @param data null: it is a position only
   */
  record Received(String position, @Nullable String data) {}

  /**
   * Waits for the next one.
   *
   * @throws IOException if the stream ends
   */
  Received next() throws IOException {
    String position = null;
    String data = null;
    while (true) {
      String line = line();
      if (line.isEmpty() && position != null) {
        return new Received(position, data);
      }
      if (line.startsWith("id: ")) {
        position = line.substring("id: ".length());
      } else if (line.startsWith("data: ")) {
        data = line.substring("data: ".length());
      }
    }
  }

  /** For how long nothing was read; a gateway sends a comment at least every 15 seconds. */
  long idleNanos() {
    return System.nanoTime() - readAt.get();
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int read = in.read(); read != '\n'; read = in.read()) {
      if (read < 0) {
        throw new IOException("the stream of events ended");
      }
      if (line.size() >= MAX_LINE) {
        throw new IOException("an event is longer than 8 MB");
      }
      line.write(read);
    }
    readAt.set(System.nanoTime());
    return line.toString(StandardCharsets.UTF_8);
  }
}

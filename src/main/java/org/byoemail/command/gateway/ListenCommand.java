package org.byoemail.command.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Prints events as they happen, and posts them to a program on the developer's machine, one after
 * the other. After a lost connection it continues where it was; with a cursor, also after a
 * restart.
 */
final class ListenCommand extends GatewayCommand {
  private static final String FORWARD = "--forward-to";
  private static final String CURSOR = "--cursor";
  private static final String AFTER = "--after";
  private static final String MAX_EVENTS = "--max-events";
  private static final String ORGANIZATION = "--organization";
  private static final String SECRET_VARIABLE = "BYO_WEBHOOK_SECRET";

  /** The options that are parameters of the stream. */
  private static final Map<String, String> FILTERS =
      Map.of(
          "--type",
          "type",
          "--agent",
          "agent",
          "--account",
          "account",
          ORGANIZATION,
          "organization");

  private static final long SILENT_NANOS = Duration.ofSeconds(60).toNanos();
  private static final long WATCHING_SECONDS = 5;
  private static final long FIRST_PAUSE = 500;
  private static final long MAX_PAUSE = 10_000;

  private static final String USAGE =
      """
      usage: BYO_API_KEY=... java -jar byo-email.jar listen [--forward-to URL] [options]

      Prints events as they happen. With --forward-to, each is posted to that URL as a webhook would
      post it, in order, signed if BYO_WEBHOOK_SECRET is a webhook's secret (whsec_...). It waits for
      a receiver that cannot be reached; whatever the receiver answers, the next event follows.

        --forward-to URL      http or https
        --type TYPE,...       only events of these types, such as message.received
        --agent ID, --account ID, --organization NAME   only events of these
        --cursor NAME         keeps the position at the gateway, and continues there when started again
        --after POSITION      starts after this event; 0 is the first (default: from now on)
        --max-events N        ends after so many
        --url URL             of the gateway (default http://localhost:8080)
        --json                a line of JSON for each, as when the output is piped
      """;

  private final ObjectMapper json = new ObjectMapper();
  private final SendCommand.Pause pause;

  ListenCommand(CommandLine line) {
    this(line, Thread::sleep);
  }

  ListenCommand(CommandLine line, SendCommand.Pause pause) {
    super("listen", line);
    this.pause = pause;
  }

  @Override
  Set<String> valued() {
    return Set.of(
        FORWARD, "--type", "--agent", "--account", ORGANIZATION, CURSOR, AFTER, MAX_EVENTS);
  }

  @Override
  Set<String> flags() {
    return Set.of();
  }

  @Override
  String usage() {
    return USAGE;
  }

  /**
   * What is listened to.
   *
   * @param cursor null: the position is not kept
   */
  private record Listening(
      GatewayApi api,
      Map<String, String> filter,
      @Nullable String cursor,
      @Nullable EventForwarding receiver,
      boolean isJson) {}

  @Override
  int run(CommandOptions options, GatewayApi api) throws IOException, InterruptedException {
    Map<String, String> filter = new HashMap<>();
    for (Map.Entry<String, String> one : FILTERS.entrySet()) {
      String value = options.one(one.getKey());
      if (value != null) {
        filter.put(one.getValue(), value);
      }
    }
    String after = options.one(AFTER);
    String cursor = options.one(CURSOR);
    if (cursor != null && !cursor.matches("[A-Za-z0-9._-]{1,100}")) {
      throw new IllegalArgumentException(
          "--cursor must be 1 to 100 letters, digits, `.`, `_` or `-`");
    }
    if (cursor != null && after != null) {
      throw new IllegalArgumentException("--cursor cannot be combined with --after");
    }
    Listening listening =
        new Listening(api, filter, cursor, receiver(options.one(FORWARD)), isJson(options));
    listen(listening, after, most(options.one(MAX_EVENTS)));
    return DONE;
  }

  private @Nullable EventForwarding receiver(@Nullable String url) {
    if (url == null) {
      return null;
    }
    URI receiver = URI.create(url);
    if (receiver.getHost() == null || !Set.of("http", "https").contains(receiver.getScheme())) {
      throw new IllegalArgumentException("--forward-to must be an http or https URL");
    }
    return new EventForwarding(receiver, line().environment().get(SECRET_VARIABLE), line().clock());
  }

  private static long most(@Nullable String number) {
    if (number == null) {
      return Long.MAX_VALUE;
    }
    if (!number.matches("[1-9]\\d{0,8}")) {
      throw new IllegalArgumentException("--max-events must be a whole number from 1");
    }
    return Long.parseLong(number);
  }

  private void listen(Listening listening, @Nullable String after, long most)
      throws IOException, InterruptedException {
    String seen = after;
    long left = most;
    long wait = FIRST_PAUSE;
    while (left > 0) {
      Map<String, String> query = new HashMap<>(listening.filter());
      if (seen == null && listening.cursor() != null) {
        query.put("cursor", listening.cursor());
      }
      try (InputStream stream = listening.api().events(query, seen)) {
        EventReader events = new EventReader(stream);
        try (Watch watch = new Watch(events, stream)) {
          while (left > 0) {
            EventReader.Received received = events.next();
            if (received.data() != null) {
              watch.pause();
              handle(listening, received);
              watch.go();
              left--;
              wait = FIRST_PAUSE;
            }
            seen = received.position();
          }
        }
      } catch (GatewayApi.Refused e) {
        if (!e.isTemporary()) {
          throw e;
        }
        wait = again(String.valueOf(e.getMessage()), wait);
      } catch (IOException e) {
        wait = again(e.getClass().getSimpleName(), wait);
      }
    }
  }

  /** Before the position moves: an event may be posted twice, but none is left out. */
  private void handle(Listening listening, EventReader.Received received)
      throws IOException, InterruptedException {
    JsonNode event = json.readTree(received.data());
    int status = 0;
    if (listening.receiver() != null && event instanceof ObjectNode object) {
      status = posted(listening.receiver(), object);
    }
    print(event, status, listening.isJson());
    if (listening.cursor() != null) {
      ObjectNode commit =
          JsonNodeFactory.instance.objectNode().put("position", event.path("position").asLong());
      Map<String, String> query = new HashMap<>(listening.filter());
      query.keySet().retainAll(Set.of("organization"));
      listening.api().put("/event-cursors/" + listening.cursor(), query, commit);
    }
  }

  private int posted(EventForwarding receiver, ObjectNode event) throws InterruptedException {
    long wait = FIRST_PAUSE;
    while (true) {
      try {
        return receiver.post(event);
      } catch (IOException e) {
        wait = again("the receiver cannot be reached: " + e.getClass().getSimpleName(), wait);
      }
    }
  }

  private long again(String reason, long wait) throws InterruptedException {
    complain(reason + "; trying again");
    pause.millis(wait);
    return Math.min(2 * wait, MAX_PAUSE);
  }

  private void print(JsonNode event, int status, boolean asJson) {
    if (asJson) {
      ObjectNode shown = event.deepCopy();
      if (status != 0) {
        shown.put("receiverStatus", status);
      }
      line().out().println(shown);
    } else {
      line()
          .out()
          .printf(
              "%s  %s  %s  %s%n",
              event.path("createdAt").asText(),
              event.path("position").asText(),
              event.path("type").asText(),
              status == 0 ? "" : "-> " + status);
    }
    line().out().flush();
  }

  /** Closes a stream that is silent for too long: its connection may be dead. */
  private static final class Watch implements AutoCloseable {
    private final ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread watch = new Thread(task, "byo-listen-watch");
              watch.setDaemon(true);
              return watch;
            });
    private volatile boolean paused;

    Watch(EventReader events, InputStream stream) {
      thread.scheduleWithFixedDelay(
          () -> {
            if (!paused && events.idleNanos() > SILENT_NANOS) {
              close(stream);
            }
          },
          WATCHING_SECONDS,
          WATCHING_SECONDS,
          TimeUnit.SECONDS);
    }

    private static void close(InputStream stream) {
      try {
        stream.close();
      } catch (IOException e) {
        // The reader finds it closed.
      }
    }

    void pause() {
      paused = true;
    }

    void go() {
      paused = false;
    }

    @Override
    public void close() {
      thread.shutdownNow();
    }
  }
}

package org.byoemail.flow;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.MailUser;

/** Mails that arrive at mailboxes in turn, over a time. */
final class MailStream implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(300);
  private static final int SLICE = 10;

  private final String name = "stream-" + UUID.randomUUID().toString().substring(0, 8);
  private final DovecotServer server;
  private final List<MailUser> users;
  private final List<String> subjects = new ArrayList<>();
  private final Queue<Integer> waiting = new ConcurrentLinkedQueue<>();
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor();

  private MailStream(DovecotServer server, List<MailUser> users, int count) {
    this.server = server;
    this.users = users;
    for (int number = 0; number < count; number++) {
      subjects.add(name + " " + number);
      waiting.add(number);
    }
  }

  /** Begins; all have arrived after about that time. */
  static MailStream start(DovecotServer server, List<MailUser> users, int count, Duration time) {
    MailStream stream = new MailStream(server, users, count);
    long period = time.toMillis() * SLICE / count;
    stream.sender.scheduleAtFixedRate(stream::slice, 0, Math.max(1, period), TimeUnit.MILLISECONDS);
    return stream;
  }

  /** What all subjects begin with. */
  String name() {
    return name;
  }

  /** The subjects of all mails, delivered or not. */
  List<String> subjects() {
    return subjects;
  }

  /** What kept mails from being delivered. */
  List<String> failures() {
    return failures;
  }

  /** How many are still to come. */
  int left() {
    return waiting.size();
  }

  /** Waits until no more than that many are still to come. */
  void await(int left) {
    Awaitility.await("mails to come").atMost(PATIENCE).until(() -> waiting.size() <= left);
  }

  private void slice() {
    for (int i = 0; i < SLICE; i++) {
      Integer number = waiting.peek();
      if (number == null) {
        sender.shutdown();
        return;
      }
      try {
        MailUser user = users.get(number % users.size());
        server.deliver("ann@else.test", user.address(), List.of(mail(number, user)));
      } catch (RuntimeException e) {
        failures.add(number + ": " + e);
      }
      waiting.remove();
    }
  }

  private byte[] mail(int number, MailUser user) {
    return String.join(
            "\r\n",
            "From: Ann <ann@else.test>",
            "To: " + user.address(),
            "Subject: " + subjects.get(number),
            "Message-ID: <" + name + "." + number + "@else.test>",
            "Date: Tue, 24 Nov 2026 09:00:00 +0000",
            "",
            "Text of " + number,
            "")
        .getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    sender.shutdownNow();
  }
}

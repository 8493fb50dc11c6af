package org.byoemail.support;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** Mails that arrive at mailboxes in turn, until it is told to finish. */
public final class MailStream implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(300);
  private static final int SLICE = 10;

  private final String name = "stream-" + UUID.randomUUID().toString().substring(0, 8);
  private final DovecotServer server;
  private final List<MailUser> users;
  private final int least;
  private final AtomicInteger delivered = new AtomicInteger();
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor();
  private volatile boolean finishing;

  private MailStream(DovecotServer server, List<MailUser> users, int least) {
    this.server = server;
    this.users = users;
    this.least = least;
  }

  /**
   * Begins. So many arrive in about that time, and more as fast until it finishes.
   *
   * @param least how many arrive even where it finishes earlier
   */
  public static MailStream start(
      DovecotServer server, List<MailUser> users, int least, Duration time) {
    MailStream stream = new MailStream(server, users, least);
    long period = time.toMillis() * SLICE / least;
    stream.sender.scheduleAtFixedRate(stream::slice, 0, Math.max(1, period), TimeUnit.MILLISECONDS);
    return stream;
  }

  /** What all subjects begin with. */
  public String name() {
    return name;
  }

  /** How many have been delivered. */
  public int delivered() {
    return delivered.get();
  }

  /** The subjects of mails by their numbers from 0, delivered or still to come. */
  public List<String> subjects(int from, int to) {
    return IntStream.range(from, to).mapToObj(this::subject).toList();
  }

  private String subject(int number) {
    return name + " " + number;
  }

  /** What kept mails from being delivered. */
  public List<String> failures() {
    return failures;
  }

  /** Waits until that many have been delivered. */
  public void awaitDelivered(int count) {
    Awaitility.await("mails to come").atMost(PATIENCE).until(() -> delivered() >= count);
  }

  /** Lets no more come than the least, and waits for these. */
  public void finish() {
    finishing = true;
    Awaitility.await("the last mail").atMost(PATIENCE).until(sender::isTerminated);
  }

  private void slice() {
    for (int i = 0; i < SLICE; i++) {
      int number = delivered();
      if (finishing && number >= least) {
        sender.shutdown();
        return;
      }
      try {
        MailUser user = users.get(number % users.size());
        server.deliver("ann@else.test", user.address(), List.of(mail(number, user)));
      } catch (RuntimeException e) {
        failures.add(number + ": " + e);
      }
      delivered.incrementAndGet();
    }
  }

  private byte[] mail(int number, MailUser user) {
    return String.join(
            "\r\n",
            "From: Ann <ann@else.test>",
            "To: " + user.address(),
            "Subject: " + subject(number),
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

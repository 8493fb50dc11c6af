package org.byoemail.embedded;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.byoemail.outbound.submission.SubmissionReader;
import org.byoemail.outbound.submission.SubmissionSource;
import org.byoemail.outbound.submission.Submissions;
import org.byoemail.platform.event.Event;
import org.byoemail.platform.event.EventFilter;
import org.byoemail.platform.event.NumberedEvents;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first thing a newcomer sees: two agents with mailboxes at the demo provider, a mail from one
 * to the other, and one to an unknown address, which bounces. Runs once, on the first start.
 */
class DemoScenario {
  private static final Logger log = LoggerFactory.getLogger(DemoScenario.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

  private final DemoProvider provider;
  private final DemoAccounts accounts;
  private final SubmissionReader reader;
  private final Submissions submissions;
  private final NumberedEvents events;

  DemoScenario(
      DemoProvider provider,
      DemoAccounts accounts,
      SubmissionReader reader,
      Submissions submissions,
      NumberedEvents events) {
    this.provider = provider;
    this.accounts = accounts;
    this.reader = reader;
    this.submissions = submissions;
    this.events = events;
  }

  /** Runs the demo unless there are agents already. Waits a minute at most for its end. */
  void run() throws InterruptedException {
    if (!accounts.create()) {
      return;
    }
    String ada = provider.users().get(0).address();
    String ben = provider.users().get(1).address();
    String nobody = "nobody@" + provider.domain();
    submit("demo-1", ada, ben, "Hello Ben", "This mail left through **Ada's own** SMTP account.");
    submit("demo-2", ada, nobody, "Hello, is anybody there?", "There is no such address.");
    if (!await(Set.of("message.received", "message.bounced"))) {
      log.warn(
          "The demo mails have not arrived within {} s; see the console.", TIMEOUT.toSeconds());
    }
    happened();
  }

  private void submit(String id, String from, String to, String subject, String body) {
    submissions.accept(
        SubmissionSource.everyOrganization(),
        reader.read(
            """
            {"id": "%s", "from": "%s", "to": ["%s"], "subject": "%s", "body": "%s"}\
            """
                .formatted(id, from, to, subject, body)));
  }

  private boolean await(Set<String> types) throws InterruptedException {
    long looks = TIMEOUT.dividedBy(POLL_INTERVAL);
    for (long look = 0; look < looks; look++) {
      Set<String> seen = events().stream().map(Event::type).collect(Collectors.toSet());
      if (seen.containsAll(types)) {
        return true;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_INTERVAL.toMillis());
    }
    return false;
  }

  private void happened() {
    log.info("What happened:");
    for (Event event : events()) {
      JsonNode data = event.data();
      switch (event.type()) {
        case "message.sent" ->
            recipients(
                data,
                r ->
                    log.info(
                        "  A mail left for {} through its agent's SMTP account.",
                        text(r, "address")));
        case "message.received" ->
            log.info(
                "  A mail from {} arrived in its agent's mailbox: {}",
                text(data, "from"),
                text(data, "subject"));
        case "message.bounced" ->
            recipients(
                data,
                r ->
                    log.info(
                        "  The mail to {} bounced and its attempt has failed: {} {}",
                        text(r, "address"),
                        text(r, "enhancedStatus"),
                        text(r, "diagnostic")));
        default -> log.debug("Not part of the story: {}", event.type());
      }
    }
  }

  private static void recipients(JsonNode data, Consumer<JsonNode> each) {
    data.path("recipients").forEach(each);
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).asText("").replaceAll("\\p{Cntrl}+", " ");
  }

  private List<Event> events() {
    return events.after(EventFilter.of(DemoAccounts.ORGANIZATION), 0, 100).events();
  }
}

package org.byoemail.platform.conversation;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Removes what rolled-back transactions, crashes and interrupted uploads left behind: unreferenced
 * contents, incomplete files of the store, and this node's temporary files. It walks through the
 * store in steps, one per call, shared by all nodes. Called by a route; safe at any time.
 */
@Component("contentSweep")
public class ContentSweep {
  private static final Logger log = LoggerFactory.getLogger(ContentSweep.class);
  private static final int STEP = 5000;
  private static final int MAX_LEFTOVERS = 10_000;

  /** More than this, and more than half of a step, cannot be leftovers. */
  private static final int SUSPICIOUS = 50;

  private final ContentStore contents;
  private final UnusedContents unused;
  private final TemporaryFiles temporary;
  private final JdbcClient jdbc;
  private final Clock clock;
  private final Counter removed;
  private final Counter failed;

  ContentSweep(
      ContentStore contents,
      UnusedContents unused,
      TemporaryFiles temporary,
      JdbcClient jdbc,
      Clock clock,
      MeterRegistry meters) {
    this.contents = contents;
    this.unused = unused;
    this.temporary = temporary;
    this.jdbc = jdbc;
    this.clock = clock;
    this.removed =
        Counter.builder("byo.contents.removed")
            .description("unreferenced contents and leftovers removed")
            .register(meters);
    this.failed =
        Counter.builder("byo.contents.sweep.failed")
            .description("parts of a sweep that failed")
            .register(meters);
  }

  /** Does one step; a failing part does not keep the others from running. */
  public void sweep() {
    Instant before = clock.instant().minus(UnusedContents.GRACE);
    runLogged("temporary files", () -> cleared(temporary.remove(before, MAX_LEFTOVERS)));
    runLogged(
        "leftovers of the store", () -> cleared(contents.removeLeftovers(before, MAX_LEFTOVERS)));
    runLogged("the contents", () -> walk(before));
    runLogged("unreferenced contents", () -> cleared(unused.remove(contents)));
  }

  private void runLogged(String what, Runnable part) {
    try {
      part.run();
    } catch (RuntimeException e) {
      failed.increment();
      log.error("the sweep of {} failed; it is tried again at the next run", what, e);
    }
  }

  private void cleared(int count) {
    removed.increment(count);
  }

  private void walk(Instant before) {
    Optional<String> position = claim();
    if (position.isEmpty()) {
      return; // Another node is at it.
    }
    String next = position.get();
    try {
      ContentStore.Step step = contents.list(next, STEP);
      announce(step.sha256s(), before);
      next = step.next();
    } finally {
      jdbc.sql("UPDATE content_sweep SET position = :next, claimed_until = '-infinity'")
          .param("next", next)
          .update();
    }
  }

  private void announce(List<String> sha256s, Instant before) {
    List<String> old =
        unused.among(sha256s).stream()
            .filter(
                sha256 -> contents.storedAt(sha256).filter(at -> at.isBefore(before)).isPresent())
            .toList();
    if (old.size() > SUSPICIOUS && old.size() > sha256s.size() / 2) {
      failed.increment();
      log.error(
          "of {} contents {} are unreferenced: none is removed; does the store belong to another database too?",
          sha256s.size(),
          old.size());
    } else if (!old.isEmpty()) {
      log.info("{} contents are unreferenced: removed in a day", old.size());
      unused.announce(old);
    }
  }

  private Optional<String> claim() {
    return jdbc.sql(
            """
            UPDATE content_sweep SET claimed_until = statement_timestamp() + interval '1 hour'
            WHERE claimed_until < statement_timestamp() RETURNING position
            """)
        .query(String.class)
        .optional();
  }
}

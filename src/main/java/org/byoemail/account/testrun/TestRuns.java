package org.byoemail.account.testrun;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.byoemail.account.connection.ConnectionTest;
import org.byoemail.account.connection.ConnectionTest.Step;
import org.byoemail.account.connection.ConnectionTests;
import org.byoemail.account.connection.TestListener;
import org.byoemail.account.connection.TooManyTests;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.testrun.TestRun.Side;
import org.byoemail.format.mail.AccountId;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Service;

/**
 * Connection tests in the background, on a bounded pool of this node. Each step is stored when it
 * happens; a run that its node could not end counts as failed after its deadline. Runs are kept for
 * an hour. Safe for use by many threads and nodes.
 */
@Service
public class TestRuns implements DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(TestRuns.class);
  private static final int MAX_RUNNING = 64;
  private static final int SIDES = 2;

  /** After the tests: looking up where reading starts, and storing. */
  private static final Duration STORING = Duration.ofMinutes(2);

  private final TestRunRows rows;
  private final ConnectionTests tests;
  private final AuditLog audit;
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          0,
          MAX_RUNNING,
          10,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          new CustomizableThreadFactory("byo-test-run-"));

  TestRuns(TestRunRows rows, ConnectionTests tests, AuditLog audit) {
    this.rows = rows;
    this.tests = tests;
    this.audit = audit;
  }

  /**
   * The end of a run.
   *
   * @param problem for the person who reads it; null: see the steps
   */
  public record Outcome(boolean ok, @Nullable String problem) {}

  /**
   * Begins a run, and returns at once. If one of that subject is under way, that one is returned,
   * and nothing begins. The audit log names the present caller for what the run changes.
   *
   * @param typed kept with the run, for the page that shows it: JSON without secrets; null: nothing
   * @param work tests and says how it ended; called on another thread
   * @throws TooManyTests if this node runs as many as it may
   */
  public TestRun begin(
      TestTarget subject, @Nullable String typed, Function<TestListener, Outcome> work) {
    Duration limit = tests.deadline().multipliedBy(SIDES).plus(STORING);
    UUID id = rows.begin(subject, typed, limit).orElse(null);
    if (id != null) {
      try {
        threads.execute(audit.continued(() -> run(id, work)));
      } catch (RejectedExecutionException e) {
        rows.delete(id);
        throw TooManyTests.ofNode();
      }
    }
    return rows.latest(subject)
        .orElseThrow(() -> new IllegalStateException("the test run is gone: " + subject.key()));
  }

  /** A run of an account, within an hour. */
  public Optional<TestRun> find(AccountId account, UUID id) {
    return rows.find(account, id);
  }

  /** The run of that id, within an hour; for callers that know the id, which cannot be guessed. */
  public Optional<TestRun> find(UUID id) {
    return rows.find(id);
  }

  /** The newest run of a subject, within an hour. */
  public Optional<TestRun> latest(TestTarget subject) {
    return rows.latest(subject);
  }

  /** Deletes the ended runs of a subject: they are about something else now. */
  public void forget(TestTarget subject) {
    rows.forget(subject);
  }

  /** Deletes the runs of more than an hour ago. */
  public void tidy() {
    rows.tidy();
  }

  private void run(UUID id, Function<TestListener, Outcome> work) {
    Outcome outcome;
    try {
      outcome = work.apply(new Recorder(id));
    } catch (RuntimeException e) {
      log.error("Test run {} failed", id, e);
      outcome = new Outcome(false, "The test could not be completed. Try again.");
    }
    try {
      rows.end(id, outcome.ok(), outcome.problem());
    } catch (DataAccessException e) {
      log.warn("The end of test run {} is not stored: it counts as failed later", id, e);
    }
  }

  /** Stores the steps. If that fails, the test continues. */
  private final class Recorder implements TestListener {
    private final UUID id;
    private final Map<Protocol, Side> sides = new EnumMap<>(Protocol.class);

    Recorder(UUID id) {
      this.id = id;
    }

    @Override
    public void running(Protocol side, List<Step> done, @Nullable String current) {
      store(new Side(side, done, current, null, null));
    }

    @Override
    public void ended(Protocol side, ConnectionTest test) {
      store(new Side(side, test.steps(), null, test.ok(), test.hint()));
    }

    private synchronized void store(Side side) {
      sides.put(side.side(), side);
      try {
        rows.progress(id, new ArrayList<>(sides.values()));
      } catch (DataAccessException e) {
        log.warn("A step of test run {} is not stored, the test continues", id, e);
      }
    }
  }

  @Override
  public void destroy() {
    threads.shutdownNow();
  }
}

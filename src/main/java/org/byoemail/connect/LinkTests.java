package org.byoemail.connect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.byoemail.account.connection.ConnectionFailed;
import org.byoemail.account.connection.ConnectionTest;
import org.byoemail.account.connection.TestListener;
import org.byoemail.account.connection.TooManyTests;
import org.byoemail.account.link.ConnectLink;
import org.byoemail.account.link.ConnectLinkClosed;
import org.byoemail.account.testrun.TestRun;
import org.byoemail.account.testrun.TestRuns;
import org.byoemail.account.testrun.TestRuns.Outcome;
import org.byoemail.account.testrun.TestTarget;
import org.byoemail.inbound.mailbox.BaselineFailed;
import org.byoemail.operations.setup.MailboxConnection;
import org.byoemail.operations.setup.MailboxConnection.Result;
import org.byoemail.operations.setup.MailboxConnection.TestedSide;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The attempts of connect links to connect a mailbox, in the background. Safe for use by many
 * threads and nodes.
 */
@Component
class LinkTests {
  private final TestRuns runs;
  private final ObjectMapper json;

  LinkTests(TestRuns runs, ObjectMapper json) {
    this.runs = runs;
    this.json = json;
  }

  /**
   * Begins an attempt; if one of that link is under way, nothing begins.
   *
   * @param typed the servers that were typed, shown again after a failure; its password is not
   *     kept. Null: none were
   * @throws TooManyTests if too many tests are running
   */
  void begin(ConnectLink link, @Nullable SignInForm typed, Function<TestListener, Result> attempt) {
    runs.begin(
        TestTarget.ofLink(link.id()),
        typed == null ? null : write(typed.withoutPassword()),
        listener -> outcome(attempt, listener));
  }

  private static Outcome outcome(Function<TestListener, Result> attempt, TestListener listener) {
    try {
      Result result = attempt.apply(listener);
      return new Outcome(result.connected(), result.problem());
    } catch (TooManyTests e) {
      return new Outcome(false, LinkPages.BUSY);
    } catch (ConnectionFailed | BaselineFailed e) {
      return new Outcome(
          false, "The tests passed, but the mail server did not answer afterwards. Try again.");
    } catch (ConnectLinkClosed e) {
      // The page says how the link ended.
      return new Outcome(false, null);
    }
  }

  /** The last attempt. */
  Optional<TestRun> latest(ConnectLink link) {
    return runs.latest(TestTarget.ofLink(link.id()));
  }

  /** The next attempt will be about another mailbox. */
  void forget(ConnectLink link) {
    runs.forget(TestTarget.ofLink(link.id()));
  }

  /** The result of an attempt that has ended. */
  static Result result(TestRun run) {
    return new Result(run.state() == TestRun.State.PASSED, sides(run), run.problem());
  }

  private static List<TestedSide> sides(TestRun run) {
    return run.sides().stream()
        .filter(side -> side.ok() != null)
        .map(
            side ->
                new TestedSide(
                    MailboxConnection.name(side.side()),
                    new ConnectionTest(Boolean.TRUE.equals(side.ok()), side.steps(), side.hint())))
        .toList();
  }

  /** The servers that were typed; null: none were. */
  @Nullable SignInForm typed(TestRun run) {
    try {
      return run.typed() == null ? null : json.readValue(run.typed(), SignInForm.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the form of an attempt cannot be read", e);
    }
  }

  private String write(SignInForm form) {
    try {
      return json.writeValueAsString(form);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the form of an attempt cannot be written", e);
    }
  }
}

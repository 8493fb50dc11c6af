package org.byoemail.account.testrun;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.byoemail.account.connection.ConnectionTest.Step;
import org.byoemail.account.registry.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * A connection test in the background, as far as it has come.
 *
 * @param sides in the order of their tests
 * @param problem why it did not pass, besides what the steps say; null: see the steps
 * @param typed what {@link TestRuns#begin} was given
 * @param begunAt by the database's clock, as is endedAt
 */
public record TestRun(
    UUID id,
    State state,
    List<Side> sides,
    @Nullable String problem,
    @Nullable String typed,
    Instant begunAt,
    @Nullable Instant endedAt) {

  /**
   * The test of one side.
   *
   * @param steps that have ended
   * @param current the step that is under way; null: none
   * @param ok null: it is running
   * @param hint what the operator can do; null if unknown, or if it passed
   */
  public record Side(
      Protocol side,
      List<Step> steps,
      @Nullable String current,
      @Nullable Boolean ok,
      @Nullable String hint) {}

  /** Where a run is. */
  public enum State {
    RUNNING,
    PASSED,
    FAILED;

    /** The word of the API. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether it has not ended yet. */
  public boolean isRunning() {
    return state == State.RUNNING;
  }

  @Override
  public String toString() {
    return "TestRun " + id + " " + state;
  }
}

package org.byoemail.account.connection;

import java.util.List;
import org.byoemail.account.connection.ConnectionTest.Step;
import org.byoemail.account.registry.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * Receives the steps of a connection test while it runs. Called by the thread of the test, one call
 * at a time; the test waits for each call.
 */
public interface TestListener {
  /** Ignores all steps. */
  TestListener NONE =
      new TestListener() {
        @Override
        public void running(Protocol side, List<Step> done, @Nullable String current) {}

        @Override
        public void ended(Protocol side, ConnectionTest test) {}
      };

  /**
   * A step has begun.
   *
   * @param done the steps before it
   * @param current the name of the step that has begun; null between two steps
   */
  void running(Protocol side, List<Step> done, @Nullable String current);

  /** The test of a side has ended. Not called if the test could not run. */
  void ended(Protocol side, ConnectionTest test);
}

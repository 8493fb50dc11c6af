package org.byoemail.outbound.outbox;

/** Stops and starts sending on all nodes, over JMX. */
public interface SendingPauseMXBean {
  /** Whether nothing is sent now. */
  boolean isPaused();

  /** Lets nothing leave any more, on any node; what is being sent ends. */
  void pause();

  /** Lets mail leave again. */
  void resume();
}

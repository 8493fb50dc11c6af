package org.byoemail.outbound.outbox;

/** Stops and starts sending on all nodes, over JMX. */
public interface SendingPauseMXBean {
  /** Whether sending is paused. */
  boolean isPaused();

  /** Pauses sending on all nodes; mails being sent are finished. */
  void pause();

  /** Resumes sending. */
  void resume();
}

package org.byoemail.outbound.outbox;

/** A person rejects a mail without a reason for the agent, or with one that is too long. */
public class ReasonMissing extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ReasonMissing(int maxLength) {
    super("Say why, in at most " + maxLength + " characters: the agent sees it.");
  }
}

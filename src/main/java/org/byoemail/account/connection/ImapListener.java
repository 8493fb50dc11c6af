package org.byoemail.account.connection;

/** Receives untagged responses, including those that belong to a command. */
@FunctionalInterface
public interface ImapListener {
  /** Called by the thread whose command reads the response. */
  void said(ImapResponse response);
}

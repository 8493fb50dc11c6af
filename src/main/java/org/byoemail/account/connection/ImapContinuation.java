package org.byoemail.account.connection;

import java.io.IOException;

/** Answers a command continuation request (RFC 9051 section 7.6). */
@FunctionalInterface
interface ImapContinuation {
  /**
   * Writes the answer.
   *
   * @param request with the server's text
   */
  void give(ImapResponse request) throws IOException;
}

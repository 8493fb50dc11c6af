package org.byoemail.account.connection;

import java.io.IOException;

/** Answers a command continuation request (RFC 9051 section 7.6). */
@FunctionalInterface
interface ImapContinuation {
  void give() throws IOException;
}

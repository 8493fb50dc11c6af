package org.byoemail.account.connection;

import java.io.IOException;

/** What is done each time that a server asks for more of a command (RFC 9051 section 7.6). */
@FunctionalInterface
interface ImapContinuation {
  void give() throws IOException;
}

package org.byoemail.account.connection;

import java.io.IOException;

/** The server says what it must not; the connection is ended by this side. */
class ProtocolViolated extends IOException {
  ProtocolViolated(String what) {
    super(what);
  }
}

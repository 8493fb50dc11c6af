package org.byoemail.platform.access;

import java.io.IOException;

/** The client reads a response so slowly that the connection is closed. */
public final class ClientTooSlow extends IOException {
  private static final long serialVersionUID = 1;

  ClientTooSlow(long written) {
    super("the client read " + written + " bytes, too slowly");
  }
}

package org.byoemail.platform.access;

import java.io.IOException;

/** The reader of an answer is so slow that the connection is closed. */
public final class ClientTooSlow extends IOException {
  private static final long serialVersionUID = 1;

  ClientTooSlow(long written) {
    super("the reader took " + written + " bytes, too slowly");
  }
}

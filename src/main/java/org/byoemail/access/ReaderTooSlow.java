package org.byoemail.access;

import java.io.IOException;

/** The reader of an answer is so slow that the connection is closed. */
public final class ReaderTooSlow extends IOException {
  private static final long serialVersionUID = 1;

  ReaderTooSlow(long written) {
    super("the reader took " + written + " bytes, too slowly");
  }
}

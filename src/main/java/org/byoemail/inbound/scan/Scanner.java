package org.byoemail.inbound.scan;

import java.io.IOException;
import java.io.InputStream;

/** One scanner. Safe for use by many threads. */
interface Scanner {
  /** Such as {@code clamd}. */
  String name();

  /**
   * Scans a mail.
   *
   * @param mail its bytes; closed by the caller
   * @param size in bytes
   * @throws java.net.ConnectException if it cannot be reached
   * @throws IOException if the scanner does not answer in time, or not as it should
   */
  ScanResult scan(InputStream mail, long size) throws IOException;
}

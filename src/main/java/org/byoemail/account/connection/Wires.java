package org.byoemail.account.connection;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Opens wires that share their buffers and the check of their writes. Safe for use by many threads.
 */
record Wires(WireBuffers buffers, WriteTimeouts writeTimeouts) {
  Wires(WriteTimeouts writeTimeouts) {
    this(new WireBuffers(), writeTimeouts);
  }

  /**
   * Opens a connection.
   *
   * @param overall the deadline of the whole opening
   */
  Wire connect(InetSocketAddress address, Deadline overall, Timeouts timeouts) throws IOException {
    return Wire.connect(
        address, overall.orIn(timeouts.connect()), buffers, writeTimeouts, timeouts.write());
  }
}

package org.byoemail.account.connection;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Tells a connection that fails under the mail from a mail that cannot be read. */
final class FailureTrackingStream extends FilterOutputStream {
  private final Runnable failed;

  /**
   * @param failed called where the connection does not take what is written
   */
  FailureTrackingStream(OutputStream out, Runnable failed) {
    super(out);
    this.failed = failed;
  }

  @Override
  public void write(int b) throws IOException {
    try {
      out.write(b);
    } catch (IOException e) {
      failed.run();
      throw e;
    }
  }

  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    try {
      out.write(buffer, offset, length);
    } catch (IOException e) {
      failed.run();
      throw e;
    }
  }
}

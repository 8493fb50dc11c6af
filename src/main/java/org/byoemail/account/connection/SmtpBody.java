package org.byoemail.account.connection;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A mail after DATA (RFC 5321 sections 2.3.8 and 4.5.2): every line ends with CR LF, and one that
 * begins with a dot gets another. Data is sent in full blocks.
 */
final class SmtpBody extends OutputStream {
  private static final byte CR = '\r';
  private static final byte LF = '\n';
  private static final byte DOT = '.';

  private final SmtpChannel channel;
  private boolean broken;
  private boolean lineBegins = true;
  private boolean afterCr;

  SmtpBody(SmtpChannel channel) {
    this.channel = channel;
  }

  /** Whether the connection failed, not the reading of the mail. */
  boolean isBroken() {
    return broken;
  }

  @Override
  public void write(int octet) throws IOException {
    try {
      if (octet == CR || octet == LF) {
        if (octet == CR || !afterCr) {
          endLine();
        }
        afterCr = octet == CR;
      } else {
        beginLine((byte) octet);
        channel.add((byte) octet);
      }
    } catch (IOException e) {
      broken = true;
      throw e;
    }
  }

  @Override
  public void write(byte[] octets, int offset, int length) throws IOException {
    try {
      int end = offset + length;
      // Scanned, but not yet added.
      int from = offset;
      for (int i = offset; i < end; i++) {
        byte octet = octets[i];
        if (octet == CR && i + 1 < end && octets[i + 1] == LF) {
          i++;
          lineBegins = true;
          afterCr = false;
        } else if (octet == CR || octet == LF) {
          channel.add(octets, from, i - from);
          write(octet);
          from = i + 1;
        } else if (lineBegins) {
          if (octet == DOT) {
            channel.add(octets, from, i - from);
            from = i;
          }
          beginLine(octet);
        } else {
          afterCr = false;
          // The rest of the line is taken as it is.
          while (i + 1 < end && octets[i + 1] != CR && octets[i + 1] != LF) {
            i++;
          }
        }
      }
      channel.add(octets, from, end - from);
    } catch (IOException e) {
      broken = true;
      throw e;
    }
  }

  private void beginLine(byte first) throws IOException {
    if (lineBegins && first == DOT) {
      channel.add(DOT);
    }
    lineBegins = false;
    afterCr = false;
  }

  private void endLine() throws IOException {
    channel.add(CR);
    channel.add(LF);
    lineBegins = true;
  }

  /** Ends the last line, if the mail has not. */
  void endLastLine() throws IOException {
    if (!lineBegins) {
      endLine();
    }
  }

  /** A no-op: the last block is sent with the end of data. */
  @Override
  public void flush() {}

  @Override
  public String toString() {
    return "SMTP body";
  }
}

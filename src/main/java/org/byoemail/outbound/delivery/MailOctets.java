package org.byoemail.outbound.delivery;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * The octets of a mail, counted, and buffered if few: so most mails are written once, although SIZE
 * is announced before.
 */
final class MailOctets extends OutputStream {
  private static final int MAX_KEPT = 32 << 10;
  private static final int FIRST = 8 << 10;
  private static final byte[] NOTHING = {};
  private static final String[] NEVER_SENT = {"Bcc", "Content-Length"};

  private final MimeMessage mail;
  private byte[] kept = new byte[FIRST];
  private long count;
  private boolean eightBit;
  private int last = '\n';

  private MailOctets(MimeMessage mail) {
    this.mail = mail;
  }

  /**
   * Counts them.
   *
   * @throws MessagingException if the mail cannot be read
   */
  static MailOctets of(MimeMessage mail) throws MessagingException {
    MailOctets octets = new MailOctets(mail);
    try {
      write(mail, octets);
    } catch (IOException e) {
      throw new MessagingException("the mail cannot be read", e);
    }
    return octets;
  }

  /** Writes a mail as it is sent. */
  static void write(MimeMessage mail, OutputStream out) throws IOException, MessagingException {
    mail.writeTo(out, NEVER_SENT);
  }

  /** With the line break that ends the last line, if the mail leaves it out. */
  long total() {
    return last == '\n' ? count : count + 2;
  }

  /** Whether one of them is beyond ASCII. */
  boolean isEightBit() {
    return eightBit;
  }

  /** Writes them again. */
  void writeTo(OutputStream out) throws IOException, MessagingException {
    if (count <= kept.length) {
      out.write(kept, 0, (int) count);
    } else {
      write(mail, out);
    }
  }

  @Override
  public void write(int octet) {
    keep(1);
    if (count < kept.length) {
      kept[(int) count] = (byte) octet;
    }
    count++;
    last = octet;
    eightBit |= (octet & 0x80) != 0;
  }

  @Override
  public void write(byte[] octets, int offset, int length) {
    keep(length);
    if (count + length <= kept.length) {
      System.arraycopy(octets, offset, kept, (int) count, length);
    }
    count += length;
    last = length > 0 ? octets[offset + length - 1] : last;
    int bits = 0;
    for (int i = offset; i < offset + length; i++) {
      bits |= octets[i];
    }
    eightBit |= bits < 0;
  }

  private void keep(int more) {
    if (count + more > kept.length) {
      // Beyond that it is written again.
      kept =
          count + more <= MAX_KEPT && count <= kept.length
              ? Arrays.copyOf(kept, (int) Math.min(MAX_KEPT, 2 * (count + more)))
              : NOTHING;
    }
  }
}

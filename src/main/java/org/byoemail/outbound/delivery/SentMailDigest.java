package org.byoemail.outbound.delivery;

import jakarta.mail.MessagingException;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.byoemail.account.connection.SmtpConnection;

/**
 * The octets of a mail as a server got them, before dots are doubled (RFC 5321 section 4.5.2).
 *
 * @param sha256 in hexadecimal
 * @param size in bytes
 */
record SentMailDigest(String sha256, long size) {

  /** Writes a mail and digests what is written. */
  static SentMailDigest of(SmtpConnection.Content mail, OutputStream out)
      throws IOException, MessagingException {
    Digesting digesting = new Digesting(out);
    mail.writeTo(digesting);
    return new SentMailDigest(HexFormat.of().formatHex(digesting.digest.digest()), digesting.size);
  }

  private static final class Digesting extends OutputStream {
    private final OutputStream out;
    private final MessageDigest digest = sha256();
    private long size;

    Digesting(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int octet) throws IOException {
      digest.update((byte) octet);
      size++;
      out.write(octet);
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
      digest.update(octets, offset, length);
      size += length;
      out.write(octets, offset, length);
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }
  }
}

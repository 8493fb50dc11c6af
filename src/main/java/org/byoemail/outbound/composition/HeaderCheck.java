package org.byoemail.outbound.composition;

import jakarta.mail.Header;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimePart;
import java.io.IOException;
import java.util.Collections;
import java.util.regex.Pattern;

/**
 * The last check of header fields, whatever path their values came by: a line break that is not the
 * folding of RFC 5322 section 2.2.3 would begin another field.
 */
final class HeaderCheck {

  private static final Pattern FOLDING = Pattern.compile("\r\n(?=[ \t]+[^\\s])");

  private HeaderCheck() {}

  /**
   * A value that was not folded yet.
   *
   * @throws IllegalArgumentException if it is no single line; the value is not repeated
   */
  static String line(String name, String value) {
    if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0 || value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a line break or NUL in the header field " + name);
    }
    return value;
  }

  /** Every field of a composed mail and of its parts. */
  static void all(MimeMessage mail) throws MessagingException {
    check(mail);
  }

  private static void check(MimePart part) throws MessagingException {
    for (Header header : Collections.list(part.getAllHeaders())) {
      line(header.getName(), FOLDING.matcher(header.getValue()).replaceAll(""));
    }
    if (part.isMimeType("multipart/*")) {
      try {
        Multipart parts = (Multipart) part.getContent();
        for (int i = 0; i < parts.getCount(); i++) {
          check((MimePart) parts.getBodyPart(i));
        }
      } catch (IOException e) {
        throw new MessagingException("cannot read the parts of a composed mail", e);
      }
    }
  }
}

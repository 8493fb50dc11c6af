package org.byoemail.account.connection;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import org.byoemail.format.mail.Ascii;

/**
 * Addresses with characters beyond ASCII before the @ (RFC 6531). They need a server with SMTPUTF8.
 */
public final class SmtpUtf8Addresses {
  /** The extension's name. */
  public static final String EXTENSION = "SMTPUTF8";

  private static final String PROPERTY = "mail.mime.allowutf8";

  private static final Session SESSION = session();

  private SmtpUtf8Addresses() {}

  /** A mail session for composing only: header fields keep such addresses in UTF-8 (RFC 6532). */
  public static Session mailSession() {
    return SESSION;
  }

  /** Whether a mail or one of its recipients needs the extension. */
  public static boolean isNeeded(MimeMessage mail, List<String> recipients)
      throws MessagingException {
    return !recipients.stream().allMatch(Ascii::isAll)
        || !Collections.list(mail.getAllHeaderLines()).stream().allMatch(Ascii::isAll);
  }

  private static Session session() {
    Properties properties = new Properties();
    properties.put(PROPERTY, "true");
    return Session.getInstance(properties);
  }
}

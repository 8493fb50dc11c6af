package org.byoemail.inbound;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.byoemail.mail.MailParser;
import org.byoemail.mail.ParsedMail;
import org.byoemail.mailbox.IncomingMail;
import org.springframework.stereotype.Component;

/** Fetches a mail and parses it. Safe for use by many threads. */
@Component("mailReader")
public class MailReader {
  private final MailParser parser = new MailParser();

  /**
   * Reads a whole mail.
   *
   * @throws UnreadableMail where the parser fails, which it should not
   * @throws UncheckedIOException where it cannot be kept in the temporary folder meanwhile
   */
  public ParsedMail read(IncomingMail mail) {
    try (InputStream raw = mail.raw().open()) {
      return parse(raw);
    } catch (IOException e) {
      throw new UncheckedIOException("a fetched mail cannot be read back", e);
    }
  }

  private ParsedMail parse(InputStream raw) throws IOException {
    try {
      return parser.parse(raw);
    } catch (UncheckedIOException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      throw new UnreadableMail("it cannot be parsed", e);
    }
  }
}

package org.byoemail.inbound;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.byoemail.mailbox.MailBatch;
import org.byoemail.mime.MailParser;
import org.byoemail.mime.ParsedMail;
import org.springframework.stereotype.Component;

/** Fetches mails and parses them. Safe for use by many threads. */
@Component("mailReader")
public class MailReader {
  private final MailParser parser = new MailParser();

  /** Begins to take a batch in. */
  public IntakeBatch begin(MailBatch mails) {
    return new IntakeBatch(mails);
  }

  /** Fetches those that have to be read, as many as possible at once. */
  public void fetch(IntakeBatch batch) {
    batch.mails().fetch(batch.toRead().stream().map(Intake::mail).toList());
  }

  /**
   * Reads a whole mail.
   *
   * @throws UnreadableMail where the parser fails, which it should not
   * @throws UncheckedIOException where it cannot be kept in the temporary folder meanwhile
   */
  public void read(Intake intake) {
    try (InputStream raw = intake.mail().raw().open()) {
      intake.read(parse(raw));
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

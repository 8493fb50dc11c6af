package org.byoemail.inbound.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.byoemail.format.mime.MailParser;
import org.byoemail.format.mime.ParsedMail;
import org.byoemail.inbound.mailbox.IncomingBatch;
import org.springframework.stereotype.Component;

/** Fetches mails and parses them. Safe for use by many threads. */
@Component("mailReader")
public class MailReader {
  /**
   * The version of what is made of a mail: its text, hidden text and findings. Raised with each
   * change of these, so that stored mail is read again.
   */
  static final int VERSION = 2;

  private final MailParser parser = new MailParser();

  /** Begins to take a batch in. */
  public IngestBatch begin(IncomingBatch mails) {
    return new IngestBatch(mails);
  }

  /** Fetches those that have to be read, as many as possible at once. */
  public void fetch(IngestBatch batch) {
    batch.mails().fetch(batch.toRead().stream().map(IngestItem::mail).toList());
  }

  /**
   * Reads a whole mail.
   *
   * @throws UnreadableMail if the parser fails, which it should not
   * @throws UncheckedIOException if it cannot be kept in the temporary folder meanwhile
   */
  public void read(IngestItem item) {
    try (InputStream raw = item.mail().raw().open()) {
      item.read(parse(raw));
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

package org.byoemail.api;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.format.html.VisibleHtml;
import org.byoemail.format.mail.Charsets;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.ContentStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The texts of attachments whose types are text already: plain text, CSV, iCalendar, and HTML as a
 * browser would paint it. Reads a bounded start of each. Thread-safe.
 */
@Component
class AttachmentTexts {
  private static final Logger log = LoggerFactory.getLogger(AttachmentTexts.class);

  /** Bytes that are read of an attachment. */
  static final int MAX_BYTES = 64 << 10;

  private static final Set<String> TEXTS =
      Set.of(
          "text/plain",
          "text/csv",
          "text/calendar",
          "text/markdown",
          "text/tab-separated-values",
          "application/json",
          "application/ics");

  private static final Pattern CHARSET =
      Pattern.compile(";\\s*charset\\s*=\\s*\"?([^\\s\";]{1,50})", Pattern.CASE_INSENSITIVE);

  private final ContentStore contents;

  AttachmentTexts(ContentStore contents) {
    this.contents = contents;
  }

  /**
   * The start of a text.
   *
   * @param isWhole whether there is no more
   */
  record Start(String text, boolean isWhole) {

    /** This text, cut to a number of characters. */
    Start cut(int characters) {
      return text.length() <= characters ? this : new Start(Pieces.start(text, characters), false);
    }
  }

  /** The text of an attachment; null if its type has none, or if its bytes are not stored. */
  @Nullable Start of(Attachment file) {
    String type = file.contentType().split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    boolean html = type.equals("text/html") || type.equals("application/xhtml+xml");
    if (file.sha256() == null || !html && !TEXTS.contains(type)) {
      return null;
    }
    try (InputStream stored = contents.open(file.sha256())) {
      byte[] bytes = stored.readNBytes(MAX_BYTES);
      String text = Charsets.read(bytes, charset(file.contentType())).text().replace("\0", "");
      return new Start(html ? VisibleHtml.read(text).text() : text, file.size() <= bytes.length);
    } catch (IOException | RuntimeException e) {
      log.warn("the text of attachment {} cannot be read: {}", file.id(), e.toString());
      return null;
    }
  }

  private static @Nullable String charset(String contentType) {
    Matcher named = CHARSET.matcher(contentType);
    return named.find() ? named.group(1) : null;
  }
}

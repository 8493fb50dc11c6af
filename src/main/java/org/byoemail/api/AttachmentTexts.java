package org.byoemail.api;

import java.io.IOException;
import java.util.Objects;
import org.byoemail.format.html.VisibleHtml;
import org.byoemail.format.html.VisibleText;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.AttachmentReader;
import org.byoemail.platform.conversation.AttachmentReader.Start;
import org.byoemail.platform.conversation.ContentStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The texts of attachments whose types are text already: plain text, CSV, iCalendar, and HTML as a
 * browser would paint it. Reads a bounded start of each, and HTML as a whole or not at all. The
 * text of PDF and office documents is included where {@link DocumentTexts} reads it. Thread-safe.
 */
@Component
class AttachmentTexts {
  private static final Logger log = LoggerFactory.getLogger(AttachmentTexts.class);

  private final ContentStore contents;
  private final AttachmentReader reader;
  private final DocumentTexts documents;

  AttachmentTexts(ContentStore contents, AttachmentReader reader, DocumentTexts documents) {
    this.contents = contents;
    this.reader = reader;
    this.documents = documents;
  }

  /** The start of a text, cut to a number of characters. */
  static Start cut(Start start, int characters) {
    return start.text().length() <= characters
        ? start
        : new Start(TextTruncation.start(start.text(), characters), false);
  }

  /**
   * The text of an attachment; null if its type has none, or if its bytes are not stored. Empty and
   * not whole for HTML that is too long: styles after the cut may hide what is before it.
   */
  @Nullable Start of(Attachment file) {
    String type = file.mediaType();
    boolean html = type.equals("text/html") || type.equals("application/xhtml+xml");
    if (file.sha256() == null || !html && !AttachmentReader.isText(file)) {
      return null;
    }
    try {
      Start start = reader.start(file);
      if (html) {
        String visible = start.isWhole() ? visible(start.text()) : null;
        return new Start(Objects.requireNonNullElse(visible, ""), visible != null);
      }
      return start;
    } catch (IOException | RuntimeException e) {
      log.warn("the text of attachment {} cannot be read: {}", file.id(), e.toString());
      return null;
    }
  }

  /** Whether its text is read by a process of its own, which takes seconds. */
  boolean isDocument(Attachment file) {
    return file.sha256() != null && documents.reads(file.mediaType(), file.size());
  }

  /**
   * The text of a document, in the form in which {@link #of} gives other texts; null if none can be
   * read.
   */
  @Nullable Start ofDocument(Attachment file) {
    String sha256 = Objects.requireNonNull(file.sha256());
    try {
      return documents.read(() -> contents.open(sha256), AttachmentReader.MAX_BYTES);
    } catch (IOException | RuntimeException e) {
      log.warn("the text of attachment {} cannot be read: {}", file.id(), e.toString());
      return null;
    }
  }

  /** What a person sees of a whole HTML document; null if that cannot be determined. */
  static @Nullable String visible(String html) {
    VisibleText read = VisibleHtml.read(html);
    return read.whole() ? read.text() : null;
  }

  /** The same of the excerpt of a message's HTML. */
  static @Nullable String visibleExcerpt(String html) {
    return StreamedText.isTruncated(html) ? null : visible(html);
  }
}

package org.byoemail.api;

import java.io.IOException;
import java.util.Objects;
import org.byoemail.format.html.VisibleHtml;
import org.byoemail.format.html.VisibleText;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.platform.conversation.TextAttachments;
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
  private final TextAttachments texts;
  private final DocumentTexts documents;

  AttachmentTexts(ContentStore contents, TextAttachments texts, DocumentTexts documents) {
    this.contents = contents;
    this.texts = texts;
    this.documents = documents;
  }

  /**
   * The start of a text.
   *
   * @param isWhole whether there is no more
   */
  record Start(String text, boolean isWhole) {

    /** This text, cut to a number of characters. */
    Start cut(int characters) {
      return text.length() <= characters
          ? this
          : new Start(TextTruncation.start(text, characters), false);
    }
  }

  /**
   * The text of an attachment; null if its type has none, or if its bytes are not stored. Empty and
   * not whole for HTML that is too long: styles after the cut may hide what is before it.
   */
  @Nullable Start of(Attachment file) {
    String type = TextAttachments.type(file);
    boolean html = type.equals("text/html") || type.equals("application/xhtml+xml");
    if (file.sha256() == null || !html && !TextAttachments.isText(file)) {
      return null;
    }
    try {
      TextAttachments.Start start = texts.start(file);
      if (html) {
        String visible = start.isWhole() ? visible(start.text()) : null;
        return new Start(Objects.requireNonNullElse(visible, ""), visible != null);
      }
      return new Start(start.text(), start.isWhole());
    } catch (IOException | RuntimeException e) {
      log.warn("the text of attachment {} cannot be read: {}", file.id(), e.toString());
      return null;
    }
  }

  /** Whether its text is read by a process of its own, which takes seconds. */
  boolean isDocument(Attachment file) {
    return file.sha256() != null && documents.reads(TextAttachments.type(file), file.size());
  }

  /**
   * The text of a document, in the form in which {@link #of} gives other texts; null if none can be
   * read.
   */
  @Nullable Start ofDocument(Attachment file) {
    String sha256 = Objects.requireNonNull(file.sha256());
    try {
      return documents.read(() -> contents.open(sha256), TextAttachments.MAX_BYTES);
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

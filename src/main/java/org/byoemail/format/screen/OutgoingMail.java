package org.byoemail.format.screen;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.byoemail.format.mail.HeaderField;
import org.jspecify.annotations.Nullable;

/**
 * What is examined of an outgoing mail.
 *
 * @param text the plain part; null if absent
 * @param html the HTML part; null if absent
 * @param headers the fields that the submission sets itself
 */
public record OutgoingMail(
    String subject,
    @Nullable String text,
    @Nullable String html,
    List<HeaderField> headers,
    List<File> files) {
  public OutgoingMail {
    headers = List.copyOf(headers);
    files = List.copyOf(files);
  }

  /** Shows sizes only: the content of a mail must not be logged. */
  @Override
  public String toString() {
    return "OutgoingMail[files=%d]".formatted(files.size());
  }

  /**
   * An attachment.
   *
   * @param type its declared media type
   */
  public record File(String name, String type, Content content) {}

  /** Opens the content of an attachment. */
  @FunctionalInterface
  public interface Content {
    /** The bytes from the start; the caller closes the stream. */
    InputStream open() throws IOException;
  }
}

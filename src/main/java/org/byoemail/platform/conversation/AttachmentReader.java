package org.byoemail.platform.conversation;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.format.mail.Charsets;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads the start of attachments as text. Thread-safe. */
@Component
public class AttachmentReader {
  /** Bytes that are read of an attachment. */
  public static final int MAX_BYTES = 64 << 10;

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

  AttachmentReader(ContentStore contents) {
    this.contents = contents;
  }

  /**
   * The start of an attachment.
   *
   * @param isWhole whether there is no more
   */
  public record Start(String text, boolean isWhole) {}

  /** Whether people read files of this type as they are, as plain text and CSV. */
  public static boolean isText(Attachment file) {
    return TEXTS.contains(file.mediaType());
  }

  /**
   * The start of an attachment whose bytes are stored, in the charset that its sender gave.
   *
   * @throws IOException if the content cannot be read
   */
  public Start start(Attachment file) throws IOException {
    try (InputStream stored = contents.open(Objects.requireNonNull(file.sha256()))) {
      byte[] bytes = stored.readNBytes(MAX_BYTES);
      String text = Charsets.read(bytes, charset(file.contentType())).text().replace("\0", "");
      return new Start(text, file.size() <= bytes.length && stored.read() < 0);
    }
  }

  private static @Nullable String charset(String contentType) {
    Matcher named = CHARSET.matcher(contentType);
    return named.find() ? named.group(1) : null;
  }
}

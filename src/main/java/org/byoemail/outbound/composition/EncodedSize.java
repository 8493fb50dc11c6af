package org.byoemail.outbound.composition;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.byoemail.format.mail.Ascii;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.platform.conversation.Attachment;
import org.jspecify.annotations.Nullable;

/**
 * About how large a message is when it is sent: Base64 makes four bytes of three and adds a line
 * end to each 76; quoted-printable of text that needs it is about the same.
 */
public final class EncodedSize {
  private static final int HEADER = 2_000;
  private static final int PER_PART = 500;
  private static final int PER_RECIPIENT = 60;

  private EncodedSize() {}

  /**
   * In bytes.
   *
   * @param recipients how many its header shows
   */
  public static long of(
      List<HeaderField> headers,
      int recipients,
      @Nullable String text,
      @Nullable String html,
      List<Attachment> files) {
    return HEADER
        + headers.stream().mapToLong(h -> h.name().length() + h.value().length()).sum()
        + (long) PER_RECIPIENT * recipients
        + text(text)
        + text(html)
        + files.stream().mapToLong(file -> PER_PART + base64(file.size())).sum();
  }

  private static long text(@Nullable String text) {
    if (text == null) {
      return 0;
    }
    return Ascii.isAll(text)
        ? text.length() + lines(text)
        : base64(text.getBytes(StandardCharsets.UTF_8).length);
  }

  private static int lines(String text) {
    int lines = 0;
    for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
      lines++;
    }
    return lines;
  }

  /** The size of that many bytes in Base64, line ends included. */
  public static long base64(long bytes) {
    long characters = (bytes + 2) / 3 * 4;
    return characters + characters / 76 * 2 + 2;
  }
}

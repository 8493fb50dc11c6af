package org.byoemail.format.mime;

/**
 * How much of a mail is read. What lies beyond a limit is left out and named in {@link
 * ParsedMail#problems()}; no limit makes a mail fail.
 *
 * @param totalBytes bytes of the raw mail
 * @param depth levels of parts within parts
 * @param parts parts in all, on every level
 * @param headerBytes bytes of header fields in all, on every level
 * @param fieldBytes bytes of one header field
 * @param textBytes bytes of body text that are decoded, plain text and HTML each
 */
public record ParseLimits(
    int totalBytes, int depth, int parts, int headerBytes, int fieldBytes, int textBytes) {
  /** 50 MB, 60 levels, 1,000 parts, 1 MB of header, 64 KB a field, 5 MB of text. */
  public static final ParseLimits DEFAULT =
      new ParseLimits(50 << 20, 60, 1_000, 1 << 20, 64 << 10, 5 << 20);

  public ParseLimits {
    if (totalBytes < 1
        || depth < 1
        || parts < 1
        || headerBytes < 1
        || fieldBytes < 1
        || textBytes < 1) {
      throw new IllegalArgumentException("every limit on parsing is at least 1");
    }
  }
}

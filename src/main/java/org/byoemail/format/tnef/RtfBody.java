package org.byoemail.format.tnef;

import java.util.Optional;

/**
 * A body in RTF as other readers understand it: the HTML or the text that Outlook made it of
 * (MS-OXRTFEX), or the text of what was written in RTF.
 *
 * @param isHtml whether it was made of HTML
 * @param size bytes of the RTF, unpacked
 */
public record RtfBody(String content, boolean isHtml, int size) {
  private static final int HEAD = 2_000;

  /** Reads RTF whose characters are its bytes. */
  static RtfBody read(String rtf) {
    boolean html = rtf.substring(0, Math.min(rtf.length(), HEAD)).contains("\\fromhtml");
    return new RtfBody(new RtfReader(rtf, html).read().strip(), html, rtf.length());
  }

  /** The body as HTML; empty if it was written in RTF. */
  public Optional<String> html() {
    return isHtml && !content.isEmpty() ? Optional.of(content) : Optional.empty();
  }

  /** The body as text; empty if it was made of HTML. */
  public Optional<String> text() {
    return isHtml || content.isEmpty() ? Optional.empty() : Optional.of(content);
  }
}

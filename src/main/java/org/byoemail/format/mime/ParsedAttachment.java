package org.byoemail.format.mime;

import java.io.InputStream;
import java.util.Optional;

/**
 * A file that came with a mail. It holds on to the bytes of the whole mail, so it is not for
 * keeping.
 *
 * @param name safe as a file name: no path, no control characters, at most 200 characters, made up
 *     where the sender gave none
 * @param inline whether it is meant to be shown within the HTML
 * @param part where it stands in the mail
 */
public record ParsedAttachment(String name, boolean inline, MimePart part) {

  public String contentType() {
    return part.type();
  }

  /** What {@code cid:} links in the HTML call it. */
  public Optional<String> contentId() {
    return part.contentId();
  }

  /** How it is meant to be shown: {@code inline} or {@code attachment} (RFC 2183). */
  public String disposition() {
    return inline ? "inline" : "attachment";
  }

  /** Bytes of the decoded content; counted by decoding it. */
  public long size() {
    return part.size();
  }

  /** The decoded content. The stream reads from memory. */
  public InputStream open() {
    return part.open();
  }
}

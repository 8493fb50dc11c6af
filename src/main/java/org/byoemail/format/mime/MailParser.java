package org.byoemail.format.mime;

import java.io.IOException;
import java.io.InputStream;
import org.byoemail.format.mail.ByteSlice;

/**
 * Reads raw mail (RFC 5322, RFC 2045 to 2049, RFC 2231, RFC 6532). Mail comes from strangers, so
 * nothing in it makes this fail: what is broken is read as it was most likely meant, what is beyond
 * a limit is left out, and both are named in {@link ParsedMail#problems()}. Time and memory grow
 * with the size of the mail alone. Thread-safe.
 */
public final class MailParser {
  private final ParseLimits limits;

  /** A parser with the default limits. */
  public MailParser() {
    this(ParseLimits.DEFAULT);
  }

  public MailParser(ParseLimits limits) {
    this.limits = limits;
  }

  /**
   * Reads a mail up to the limit on its size; does not close the stream.
   *
   * @throws IOException only if the stream throws it
   */
  public ParsedMail parse(InputStream in) throws IOException {
    byte[] mail = in.readNBytes(limits.totalBytes());
    boolean whole = mail.length < limits.totalBytes() || in.read() < 0;
    return parse(mail, mail.length, whole);
  }

  /** Reads a mail. The array is kept and not copied: do not change it afterwards. */
  public ParsedMail parse(byte[] mail) {
    int size = Math.min(mail.length, limits.totalBytes());
    return parse(mail, size, size == mail.length);
  }

  /** Reads the header of a mail; anything below it is ignored. */
  public MailHeaders parseHeader(byte[] header) {
    ParseRun run = new ParseRun(limits, header.length);
    byte[] lines = withLineFeeds(header, header.length);
    HeaderReader.Header read = HeaderReader.ofMail(run, ByteSlice.of(lines));
    return HeaderCharset.applied(read, null).headers();
  }

  /** Some very old systems end lines with CR alone. */
  private static byte[] withLineFeeds(byte[] mail, int size) {
    boolean found = false;
    for (int i = 0; i < size; i++) {
      if (mail[i] == '\n') {
        return mail;
      }
      found |= mail[i] == '\r';
    }
    if (!found) {
      return mail;
    }
    byte[] changed = mail.clone();
    for (int i = 0; i < size; i++) {
      changed[i] = changed[i] == '\r' ? (byte) '\n' : changed[i];
    }
    return changed;
  }

  private ParsedMail parse(byte[] mail, int size, boolean whole) {
    ParseRun run = new ParseRun(limits, size);
    if (!whole) {
      run.problems.add(ParseProblems.MAIL_TOO_LARGE);
    }
    MimePart root =
        new EntityReader(run).mail(new ByteSlice(withLineFeeds(mail, size), 0, size), 0);
    root.headers().addTo(run.problems);
    BodySelection selection = new BodySelection(run, root);
    return new ParsedMail(
        root.headers(),
        selection.visible(),
        selection.plain(),
        selection.html(),
        selection.attachments(),
        Invitations.in(root),
        root,
        run.problems.words());
  }
}

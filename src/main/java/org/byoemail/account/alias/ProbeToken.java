package org.byoemail.account.alias;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.format.mail.Tokens;

/**
 * The secret of a probe, in its subject: the one field that every server keeps. The database has
 * its SHA-256.
 */
final class ProbeToken {
  private static final int BYTES = 16;
  private static final int MAX_SUBJECT = 1000;
  private static final Pattern IN_SUBJECT = Pattern.compile("\\[probe ([0-9a-f]{32})]");

  private final String text;

  private ProbeToken(String text) {
    this.text = text;
  }

  static ProbeToken random() {
    return new ProbeToken(Tokens.hex(BYTES));
  }

  /** The token in a subject; empty if absent. */
  static Optional<ProbeToken> in(String subject) {
    Matcher found =
        IN_SUBJECT.matcher(subject.substring(0, Math.min(subject.length(), MAX_SUBJECT)));
    return found.find() ? Optional.of(new ProbeToken(found.group(1))) : Optional.empty();
  }

  /** As written in a subject. */
  String inSubject() {
    return "[probe " + text + "]";
  }

  byte[] sha256() {
    return Tokens.sha256(text);
  }

  /** Not the token. */
  @Override
  public String toString() {
    return "probe token";
  }
}

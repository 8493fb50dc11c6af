package org.byoemail.account.connection;

import jakarta.mail.MessagingException;

/** The server responded NO or BAD to a command; the connection remains usable. */
public class ImapRefused extends MessagingException {
  private static final int MAX_WORDS_LENGTH = 500;

  private final String code;

  ImapRefused(String words, String code) {
    super(cut(words));
    this.code = code;
  }

  /** The server's text, shortened for display. */
  static String cut(String words) {
    return words.length() > MAX_WORDS_LENGTH ? words.substring(0, MAX_WORDS_LENGTH) + "..." : words;
  }

  /** The response code, such as AUTHENTICATIONFAILED; empty if absent. */
  public String code() {
    return code;
  }
}

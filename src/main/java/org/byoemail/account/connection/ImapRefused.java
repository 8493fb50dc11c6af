package org.byoemail.account.connection;

import jakarta.mail.MessagingException;

/** The server said NO or BAD to one command; the connection is sound. */
public class ImapRefused extends MessagingException {
  private static final int LONGEST_WORDS = 500;

  private final String code;

  ImapRefused(String words, String code) {
    super(cut(words));
    this.code = code;
  }

  /** Words of a server, of a length that can be shown. */
  static String cut(String words) {
    return words.length() > LONGEST_WORDS ? words.substring(0, LONGEST_WORDS) + "..." : words;
  }

  /** The code in front of its words, such as AUTHENTICATIONFAILED; empty where there is none. */
  public String code() {
    return code;
  }
}

package org.byoemail.connection;

import jakarta.mail.MessagingException;

/** The server said NO or BAD to one command; the connection is sound. */
public class ImapRefused extends MessagingException {
  private final String code;

  ImapRefused(String words, String code) {
    super(words);
    this.code = code;
  }

  /** The code in front of its words, such as AUTHENTICATIONFAILED; empty where there is none. */
  public String code() {
    return code;
  }
}

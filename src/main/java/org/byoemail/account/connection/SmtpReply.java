package org.byoemail.account.connection;

/**
 * What a server answered to one command.
 *
 * @param code three digits (RFC 5321 section 4.2)
 * @param text the whole reply in one line, code included, without what was sent to sign in
 */
public record SmtpReply(int code, String text) {
  /** 2yz: done. */
  public boolean isPositive() {
    return code >= 200 && code < 300;
  }

  /** 4yz: not now. */
  public boolean isTransient() {
    return code >= 400 && code < 500;
  }

  /** 5yz: never. */
  public boolean isPermanent() {
    return code >= 500 && code < 600;
  }
}

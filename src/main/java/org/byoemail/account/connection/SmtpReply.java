package org.byoemail.account.connection;

/**
 * A server's reply to a command.
 *
 * @param code three digits (RFC 5321 section 4.2)
 * @param text the whole reply in one line, with its code and with credentials redacted
 */
public record SmtpReply(int code, String text) {
  /** 2yz: success. */
  public boolean isPositive() {
    return code >= 200 && code < 300;
  }

  /** 4yz: transient failure. */
  public boolean isTransient() {
    return code >= 400 && code < 500;
  }

  /** 5yz: permanent failure. */
  public boolean isPermanent() {
    return code >= 500 && code < 600;
  }
}

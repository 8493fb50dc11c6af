package org.byoemail.account.connection;

/** A host or port that must not be connected to, or that does not exist. */
public class HostRefused extends RuntimeException {
  private final String host;

  HostRefused(String host, String reason) {
    super(reason);
    this.host = host;
  }

  /** As it was typed. */
  public String host() {
    return host;
  }
}

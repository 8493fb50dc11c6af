package org.byoemail.account.connection;

/** A host or port that is not allowed, or a host that does not exist. */
public class HostRefused extends RuntimeException {
  private final String host;

  HostRefused(String host, String reason) {
    super(reason);
    this.host = host;
  }

  /** The host as typed. */
  public String host() {
    return host;
  }
}

package org.byoemail.account.link;

/**
 * A link with its token, which is shown once.
 *
 * @param url the whole address; a secret: its holder can use the link
 */
public record NewConnectLink(ConnectLink link, String url) {
  @Override
  public String toString() {
    return link.toString();
  }
}

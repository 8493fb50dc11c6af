package org.byoemail.connection;

import jakarta.mail.Session;
import jakarta.mail.URLName;
import java.io.IOException;
import java.util.Properties;
import org.eclipse.angus.mail.iap.ProtocolException;
import org.eclipse.angus.mail.imap.IMAPStore;
import org.eclipse.angus.mail.imap.protocol.IMAPProtocol;
import org.eclipse.angus.mail.util.MailLogger;
import org.jspecify.annotations.Nullable;

/**
 * A mailbox over one connection. Angus would silently open and sign in on further ones, for
 * commands of the store while a folder is open; here that fails. Follows the stages of the protocol
 * up to the sign-in.
 */
final class KeptStore extends IMAPStore {
  private final Properties properties;
  private final boolean startTls;
  private Stage stage = Stage.CONNECT;
  private boolean connected;
  private @Nullable Connection connection;

  /**
   * @param session what all connections of a kind share
   * @param properties what is this connection's own
   */
  KeptStore(Session session, Properties properties, boolean startTls) {
    super(session, new URLName("imap", null, -1, null, null, null));
    this.properties = properties;
    this.startTls = startTls;
  }

  Stage stage() {
    return stage;
  }

  @Override
  protected IMAPProtocol newIMAPProtocol(String host, int port)
      throws IOException, ProtocolException {
    if (connection != null && connection.open) {
      throw new IOException("a mailbox is read over one connection");
    }
    Connection opened = new Connection(host, port);
    if (startTls && opened.isAuthenticated()) {
      // RFC 9051 section 11.1: PREAUTH before TLS would have us believe whoever sits in between.
      opened.disconnect();
      throw new ProtocolException("the server skips the sign-in before TLS has begun");
    }
    connection = opened;
    stage = startTls ? Stage.STARTTLS : Stage.AUTH;
    return opened;
  }

  @Override
  protected void preLogin(IMAPProtocol protocol) {
    stage = Stage.AUTH;
  }

  /** Whether it was connected and not closed since; asks nobody, unlike that of Angus. */
  @Override
  public synchronized boolean isConnected() {
    return connected;
  }

  @Override
  protected synchronized void setConnected(boolean connected) {
    super.setConnected(connected);
    this.connected = connected;
  }

  @Override
  public String toString() {
    return "IMAP connection";
  }

  private final class Connection extends IMAPProtocol {
    private volatile boolean open = true;

    Connection(String host, int port) throws IOException, ProtocolException {
      super(
          "imap",
          host,
          port,
          properties,
          Boolean.parseBoolean(properties.getProperty("mail.imap.ssl.enable")),
          new MailLogger(KeptStore.class, "IMAP", session.getDebug(), session.getDebugOut()));
    }

    @Override
    public void disconnect() {
      open = false;
      super.disconnect();
    }
  }
}

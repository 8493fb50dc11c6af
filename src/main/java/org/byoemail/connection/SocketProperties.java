package org.byoemail.connection;

import java.util.Properties;
import org.byoemail.account.ServerSettings;
import org.byoemail.account.ServerSettings.Auth;
import org.byoemail.account.ServerSettings.Security;

/** What Angus is told of sockets, TLS and signing in, the same for SMTP and IMAP. */
final class SocketProperties {
  private SocketProperties() {}

  static void set(Properties properties, String prefix, ServerSettings server, Timeouts timeouts) {
    boolean startTls = server.security() == Security.STARTTLS;
    properties.put(prefix + ".connectiontimeout", String.valueOf(timeouts.connect().toMillis()));
    properties.put(prefix + ".timeout", String.valueOf(timeouts.read().toMillis()));
    properties.put(prefix + ".ssl.enable", String.valueOf(server.security() == Security.SSL));
    properties.put(prefix + ".ssl.protocols", "TLSv1.3 TLSv1.2");
    properties.put(prefix + ".ssl.checkserveridentity", "true");
    // A factory that refuses must not be passed by: Angus would go on with the JVM's own one.
    properties.put(prefix + ".socketFactory.fallback", "false");
    properties.put(prefix + ".starttls.enable", String.valueOf(startTls));
    properties.put(prefix + ".starttls.required", String.valueOf(startTls));
    if (server.auth() != Auth.NONE) {
      properties.put(prefix + ".auth.mechanisms", server.auth().name());
    }
  }
}

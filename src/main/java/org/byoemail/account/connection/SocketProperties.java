package org.byoemail.account.connection;

import java.util.Properties;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.byoemail.account.registry.ServerSettings.Security;

/** What Angus is told of sockets, TLS and signing in. */
final class SocketProperties {
  private SocketProperties() {}

  static void set(
      Properties properties, ServerSettings server, Timeouts timeouts, Deadline overall) {
    boolean startTls = server.security() == Security.STARTTLS;
    long connect = Math.min(timeouts.connect().toMillis(), overall.left().toMillis());
    properties.put("mail.smtp.connectiontimeout", String.valueOf(Math.max(1, connect)));
    properties.put("mail.smtp.timeout", String.valueOf(timeouts.read().toMillis()));
    properties.put("mail.smtp.ssl.enable", String.valueOf(server.security() == Security.SSL));
    properties.put("mail.smtp.ssl.protocols", "TLSv1.3 TLSv1.2");
    properties.put("mail.smtp.ssl.checkserveridentity", "true");
    // A factory that refuses must not be passed by: Angus would go on with the JVM's own one.
    properties.put("mail.smtp.socketFactory.fallback", "false");
    properties.put("mail.smtp.starttls.enable", String.valueOf(startTls));
    properties.put("mail.smtp.starttls.required", String.valueOf(startTls));
    if (server.auth() != Auth.NONE) {
      properties.put("mail.smtp.auth.mechanisms", server.auth().name());
    }
  }
}

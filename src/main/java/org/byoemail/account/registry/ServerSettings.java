package org.byoemail.account.registry;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How to reach one server of an account.
 *
 * @param secret the sealed password; null if {@code auth} is none or it was never set
 */
public record ServerSettings(
    String host,
    int port,
    Security security,
    Auth auth,
    @Nullable String username,
    @Nullable SealedSecret secret) {

  /** When TLS begins: at once, by STARTTLS (required, never optional), or not at all. */
  public enum Security {
    SSL,
    STARTTLS,
    NONE;

    /** The name in the database, the API and the console. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How to authenticate. */
  public enum Auth {
    NONE,
    PLAIN,
    LOGIN,
    OAUTH2;

    /** The name in the database, the API and the console. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public ServerSettings {
    host = host(host);
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port must be 1 to 65535");
    }
    if (auth != Auth.NONE && (username == null || username.isBlank())) {
      throw new IllegalArgumentException("username is needed unless auth is none");
    }
    if (username != null && username.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("username has a control character");
    }
  }

  /**
   * A host as it is stored.
   *
   * @throws IllegalArgumentException if it is neither a name nor an address
   */
  public static String host(String text) {
    String host = text.strip().toLowerCase(Locale.ROOT);
    if (host.isEmpty() || host.length() > 253 || !host.matches("[\\p{L}\\p{N}._:\\[\\]-]+")) {
      throw new IllegalArgumentException("must be a host name or an IP address");
    }
    return host;
  }

  /** The same settings with another password. */
  public ServerSettings withSecret(@Nullable SealedSecret other) {
    return new ServerSettings(host, port, security, auth, username, other);
  }
}

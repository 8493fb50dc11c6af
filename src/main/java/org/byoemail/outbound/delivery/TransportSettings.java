package org.byoemail.outbound.delivery;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.byoemail.account.registry.ServerSettings.Security;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The platform's own transports, used without an account or while the rollout is off.
 *
 * @param backoff before such a transport that fails as a whole is tried again; doubles each time
 * @param maxBackoff the longest it grows to
 */
@ConfigurationProperties("byo.transport")
record TransportSettings(
    @DefaultValue Postmark postmark,
    @DefaultValue Relay relay,
    @DefaultValue("1m") Duration backoff,
    @DefaultValue("30m") Duration maxBackoff) {

  TransportSettings {
    if (backoff.toMillis() < 1 || maxBackoff.compareTo(backoff) < 0) {
      throw new IllegalArgumentException(
          "byo.transport.backoff must be longer than nothing, byo.transport.max-backoff not shorter");
    }
  }

  /**
   * Postmark's HTTP API.
   *
   * @param token of the server there; absent: Postmark is not used
   * @param domains the From domains it carries where there is one organisation only; {@code *}: all
   *     mail of every organisation
   * @param organizations the From domains it carries, by organisation
   * @param baseUrl HTTPS, or HTTP on loopback
   * @param stream the message stream
   * @param maxMessageSize above which it takes no message
   * @param timeout for its answer: later the fate of a message is unknown
   */
  record Postmark(
      @Nullable String token,
      @DefaultValue List<String> domains,
      @DefaultValue Map<String, List<String>> organizations,
      @DefaultValue("https://api.postmarkapp.com") URI baseUrl,
      @DefaultValue("outbound") String stream,
      @DefaultValue("10MB") DataSize maxMessageSize,
      @DefaultValue("60s") Duration timeout) {

    Postmark {
      requireDomains("postmark", present(token), new AuthorizedDomains(domains, organizations));
      boolean loopback =
          List.of("localhost", "127.0.0.1", "[::1]").contains(String.valueOf(baseUrl.getHost()));
      if (!"https".equals(baseUrl.getScheme())
          && !("http".equals(baseUrl.getScheme()) && loopback)) {
        throw new IllegalArgumentException(
            "byo.transport.postmark.base-url must begin with https://");
      }
      if (timeout.toMillis() < 1) {
        throw new IllegalArgumentException(
            "byo.transport.postmark.timeout must be longer than nothing");
      }
    }

    AuthorizedDomains authorized() {
      return new AuthorizedDomains(domains, organizations);
    }

    boolean isConfigured() {
      return present(token);
    }

    /** Without the token. */
    @Override
    public String toString() {
      return "Postmark[" + baseUrl + ", " + authorized() + "]";
    }
  }

  /**
   * An SMTP relay of the platform.
   *
   * @param host absent: no relay is used
   * @param username absent: it asks for no sign-in
   * @param domains the From domains it carries where there is one organisation only; {@code *}: all
   *     mail of every organisation
   * @param organizations the From domains it carries, by organisation
   */
  record Relay(
      @Nullable String host,
      @DefaultValue("587") int port,
      @DefaultValue("starttls") Security security,
      @Nullable String username,
      @Nullable String password,
      @DefaultValue List<String> domains,
      @DefaultValue Map<String, List<String>> organizations) {

    Relay {
      if (present(username) != present(password)) {
        throw new IllegalArgumentException(
            "byo.transport.relay.username and byo.transport.relay.password go together");
      }
      requireDomains("relay", present(host), new AuthorizedDomains(domains, organizations));
    }

    AuthorizedDomains authorized() {
      return new AuthorizedDomains(domains, organizations);
    }

    boolean isConfigured() {
      return present(host);
    }

    boolean signsIn() {
      return present(username);
    }

    /** Without login and password. */
    @Override
    public String toString() {
      return "Relay[" + host + ":" + port + ", " + authorized() + "]";
    }
  }

  private static boolean present(@Nullable String text) {
    return text != null && !text.isBlank();
  }

  // Without them it would silently carry nothing.
  private static void requireDomains(String name, boolean configured, AuthorizedDomains domains) {
    if (configured && domains.isEmpty()) {
      throw new IllegalArgumentException(
          "byo.transport."
              + name
              + ".organizations must list the From domains that it may carry for each organisation,"
              + " or byo.transport."
              + name
              + ".domains if there is only one organisation");
    }
  }
}

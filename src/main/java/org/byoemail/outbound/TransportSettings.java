package org.byoemail.outbound;

import java.net.IDN;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.byoemail.account.ServerSettings.Security;
import org.byoemail.mail.EmailAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What the platform itself sends by, where there is no account or accounts are switched off.
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
   * @param domains the From domains it may carry, {@code *} for every one
   * @param baseUrl HTTPS, or HTTP on loopback
   * @param stream the message stream
   * @param maxMessageSize above which it takes no message
   * @param timeout for its answer: later the fate of a message is unknown
   */
  record Postmark(
      @Nullable String token,
      @DefaultValue List<String> domains,
      @DefaultValue("https://api.postmarkapp.com") URI baseUrl,
      @DefaultValue("outbound") String stream,
      @DefaultValue("10MB") DataSize maxMessageSize,
      @DefaultValue("60s") Duration timeout) {

    Postmark {
      domains = normal(domains);
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
      requireDomains("postmark", present(token), domains);
    }

    boolean isConfigured() {
      return present(token);
    }

    /** Without the token. */
    @Override
    public String toString() {
      return "Postmark[" + baseUrl + ", " + domains + "]";
    }
  }

  /**
   * An SMTP relay of the platform.
   *
   * @param host absent: no relay is used
   * @param username absent: it asks for no sign-in
   * @param domains the From domains it may carry, {@code *} for every one
   */
  record Relay(
      @Nullable String host,
      @DefaultValue("587") int port,
      @DefaultValue("starttls") Security security,
      @Nullable String username,
      @Nullable String password,
      @DefaultValue List<String> domains) {

    Relay {
      domains = normal(domains);
      if (present(username) != present(password)) {
        throw new IllegalArgumentException(
            "byo.transport.relay.username and byo.transport.relay.password go together");
      }
      requireDomains("relay", present(host), domains);
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
      return "Relay[" + host + ":" + port + ", " + domains + "]";
    }
  }

  /** Whether a list of domains has that of an address. */
  static boolean lists(List<String> domains, EmailAddress address) {
    return domains.contains("*") || domains.contains(address.domain());
  }

  private static boolean present(@Nullable String text) {
    return text != null && !text.isBlank();
  }

  private static List<String> normal(List<String> domains) {
    return domains.stream()
        .map(String::strip)
        .filter(domain -> !domain.isEmpty())
        .map(domain -> IDN.toASCII(domain, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT))
        .toList();
  }

  // Without them it would silently carry nothing.
  private static void requireDomains(String name, boolean configured, List<String> domains) {
    if (configured && domains.isEmpty()) {
      throw new IllegalArgumentException(
          "byo.transport."
              + name
              + ".domains must list the From domains that it may carry, or be *");
    }
  }
}

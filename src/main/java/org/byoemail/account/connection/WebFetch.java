package org.byoemail.account.connection;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.byoemail.account.connection.VettedHttp.Request;
import org.byoemail.account.connection.VettedHttp.Response;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Fetches small documents (HTTP/1.1, RFC 9112) from web servers that strangers name. Each host is
 * vetted, redirects included, and the vetted address is connected to; headers and body are bounded
 * in bytes, and everything ends at the deadline. Sends no cookies and uses no proxy. Safe for use
 * by many threads.
 */
@Component
public class WebFetch {
  /** The longest body. */
  public static final int MAX_BODY = 64 << 10;

  /** The longest chain of redirects. */
  static final int MAX_REDIRECTS = 3;

  private static final String HTTPS = "https";
  private static final String HTTP = "http";
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final byte[] NOTHING = {};
  private static final Map<String, String> HEADERS =
      Map.of("User-Agent", "BYO-Email", "Accept", "*/*");

  private final VettedHttp http;

  WebFetch(VettedHttp http) {
    this.http = http;
  }

  /**
   * Fetches a document over HTTPS. At most {@value #MAX_REDIRECTS} redirects are followed, to HTTPS
   * only.
   *
   * @throws WebFailed if a host is refused, the server cannot be reached or is not trusted, the
   *     answer is too long, or the deadline passes
   */
  public WebDocument get(URI uri, Deadline deadline) throws WebFailed {
    URI next = uri;
    for (int redirects = 0; ; redirects++) {
      if (!HTTPS.equalsIgnoreCase(next.getScheme())) {
        throw new WebFailed(host(uri) + " redirects to something other than HTTPS");
      }
      WebDocument document = exchange(next, deadline);
      URI location = document.location();
      if (location == null) {
        return document;
      }
      if (redirects == MAX_REDIRECTS) {
        throw new WebFailed(host(uri) + " redirects more than " + MAX_REDIRECTS + " times");
      }
      next = location;
    }
  }

  /**
   * Asks where an address redirects to, over HTTPS or plain HTTP, and does not go there.
   *
   * @return null if it does not redirect
   * @throws WebFailed as {@link #get}
   */
  public @Nullable URI redirect(URI uri, Deadline deadline) throws WebFailed {
    return exchange(uri, deadline).location();
  }

  private WebDocument exchange(URI uri, Deadline deadline) throws WebFailed {
    String host = host(uri);
    if (uri.getRawUserInfo() != null) {
      throw new WebFailed("an address with a user name is refused");
    }
    if (!HTTPS.equalsIgnoreCase(uri.getScheme()) && !HTTP.equalsIgnoreCase(uri.getScheme())) {
      throw new WebFailed("only https and http are fetched");
    }
    try {
      Response response =
          http.document(new Request("GET", uri, HEADERS, NOTHING), MAX_BODY, deadline);
      boolean redirects = REDIRECTS.contains(response.status());
      URI location = redirects ? location(uri, response.headers().get("Location")) : null;
      return new WebDocument(uri, response.status(), location, response.body());
    } catch (HostRefused e) {
      throw new WebFailed(e.getMessage(), e);
    } catch (SSLException e) {
      throw new WebFailed(host + " could not begin TLS: " + e.getMessage(), e);
    } catch (ProtocolViolated e) {
      throw new WebFailed(host + ": " + e.getMessage(), e);
    } catch (SocketTimeoutException e) {
      throw new WebFailed(host + " did not answer in time", e);
    } catch (IOException e) {
      throw new WebFailed(host + " refused the connection, or cannot be reached", e);
    }
  }

  private static @Nullable URI location(URI from, @Nullable String location) throws IOException {
    if (location == null) {
      throw new ProtocolViolated("a redirect without Location");
    }
    try {
      URI to = from.resolve(location);
      if (to.getHost() == null) {
        throw new ProtocolViolated("a redirect to something that is not a web address");
      }
      return to;
    } catch (IllegalArgumentException e) {
      throw new ProtocolViolated("a redirect to something that is not a web address");
    }
  }

  private static String host(URI uri) throws WebFailed {
    String host = uri.getHost();
    if (host == null) {
      throw new WebFailed("the address has no host");
    }
    return host.toLowerCase(Locale.ROOT);
  }
}

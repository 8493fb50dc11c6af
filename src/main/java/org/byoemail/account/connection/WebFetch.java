package org.byoemail.account.connection;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
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
  private static final int TLS_PORT = 443;
  private static final int PLAIN_PORT = 80;

  /** Where the web listens; tests have servers on other ports. */
  record Ports(int https, int http) {}

  private final HostVetting vetting;
  private final TrustedCertificates trusted;
  private final WriteTimeouts writeTimeouts;
  private final ConnectionSettings settings;
  private final Ports ports;
  private final WireBuffers buffers = new WireBuffers();

  @Autowired
  WebFetch(
      HostVetting vetting,
      TrustedCertificates trusted,
      WriteTimeouts writeTimeouts,
      ConnectionSettings settings) {
    this(vetting, trusted, writeTimeouts, settings, new Ports(TLS_PORT, PLAIN_PORT));
  }

  WebFetch(
      HostVetting vetting,
      TrustedCertificates trusted,
      WriteTimeouts writeTimeouts,
      ConnectionSettings settings,
      Ports ports) {
    this.vetting = vetting;
    this.trusted = trusted;
    this.writeTimeouts = writeTimeouts;
    this.settings = settings;
    this.ports = ports;
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
    boolean tls = HTTPS.equalsIgnoreCase(uri.getScheme());
    if (!tls && !HTTP.equalsIgnoreCase(uri.getScheme())) {
      throw new WebFailed("only https and http are fetched");
    }
    int port = uri.getPort();
    if (port < 0) {
      port = tls ? ports.https() : ports.http();
    }
    List<InetAddress> addresses;
    try {
      int usual = tls ? TLS_PORT : PLAIN_PORT;
      addresses = vetting.vetWeb(host, uri.getPort() < 0 ? usual : port, deadline);
    } catch (HostRefused e) {
      throw new WebFailed(e.getMessage(), e);
    }
    IOException last = null;
    for (InetAddress address : addresses) {
      try (Wire wire = connect(new InetSocketAddress(address, port), deadline)) {
        try {
          return exchange(wire, uri, host, tls ? port : -1, deadline);
        } finally {
          wire.rest();
        }
      } catch (SSLException e) {
        throw new WebFailed(host + " could not begin TLS: " + e.getMessage(), e);
      } catch (ProtocolViolated e) {
        throw new WebFailed(host + " " + e.getMessage(), e);
      } catch (SocketTimeoutException e) {
        throw new WebFailed(host + " did not answer in time", e);
      } catch (IOException e) {
        last = e;
      }
    }
    throw new WebFailed(host + " refused the connection, or cannot be reached", last);
  }

  private Wire connect(InetSocketAddress address, Deadline deadline) throws IOException {
    return Wire.connect(
        address,
        deadline.orIn(settings.connectTimeout()),
        buffers,
        writeTimeouts,
        settings.testTimeout());
  }

  private WebDocument exchange(Wire wire, URI uri, String host, int tlsPort, Deadline deadline)
      throws IOException {
    if (tlsPort >= 0) {
      wire.secure(trusted.engine(HostVetting.name(host), tlsPort), deadline);
    }
    wire.write(request(uri, host).getBytes(StandardCharsets.US_ASCII));
    HttpAnswer answer = new HttpAnswer(wire, deadline);
    answer.readHead();
    URI location = answer.isRedirect() ? location(uri, answer.location()) : null;
    byte[] body = location == null && answer.status() == 200 ? answer.readBody(MAX_BODY) : NOTHING;
    return new WebDocument(uri, answer.status(), location, body);
  }

  private static final byte[] NOTHING = {};

  private static String request(URI uri, String host) {
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String target = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    String named = uri.getPort() < 0 ? host : host + ":" + uri.getPort();
    return "GET "
        + ascii(target)
        + " HTTP/1.1\r\nHost: "
        + named
        + "\r\nUser-Agent: BYO-Email\r\nAccept: */*\r\nConnection: close\r\n\r\n";
  }

  private static String ascii(String target) {
    return URI.create(target).toASCIIString();
  }

  private static @Nullable URI location(URI from, @Nullable String location) throws IOException {
    if (location == null) {
      throw new ProtocolViolated("redirects without a Location");
    }
    try {
      URI to = from.resolve(location);
      if (to.getHost() == null) {
        throw new ProtocolViolated("redirects to something that is not a web address");
      }
      return to;
    } catch (IllegalArgumentException e) {
      throw new ProtocolViolated("redirects to something that is not a web address");
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

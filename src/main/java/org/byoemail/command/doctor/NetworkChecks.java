package org.byoemail.command.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/** Checks the ports of this machine and the connections to mail servers. */
final class NetworkChecks {
  private static final int TIMEOUT_MILLIS = (int) Duration.ofSeconds(5).toMillis();
  private static final int MAX_PORT = 65_535;

  /** Submission and IMAP over implicit TLS (RFC 8314 sections 3.2 and 3.3). */
  private static final Set<Integer> IMPLICIT_TLS = Set.of(465, 993);

  private final Environment environment;

  NetworkChecks(Environment environment) {
    this.environment = environment;
  }

  CheckResult httpPort() {
    int port = environment.getProperty("server.port", Integer.class, 8080);
    try (ServerSocket socket = new ServerSocket(Math.max(port, 0))) {
      return CheckResult.ok("http", "port " + (port <= 0 ? "of its choice" : port) + " is free");
    } catch (IOException e) {
      return CheckResult.warning(
          "http",
          "port " + port + " is in use",
          "Unless the gateway is running, set SERVER_PORT to another port.");
    }
  }

  CheckResult publicUrl() {
    String url = environment.getProperty("byo.public-url");
    return StringUtils.hasText(url)
        ? CheckResult.ok("public URL", url)
        : CheckResult.warning(
            "public URL", "not set", "Set BYO_PUBLIC_URL for OAuth 2.0 and connect links.");
  }

  /** Checks the name and the port, and with implicit TLS the certificate. */
  List<CheckResult> mailServers(List<MailServer> servers) {
    List<CheckResult> results = new ArrayList<>();
    for (MailServer server : servers) {
      results.add(mailServer(server));
    }
    return results;
  }

  private static CheckResult mailServer(MailServer server) {
    InetAddress address;
    try {
      address = InetAddress.getByName(server.host());
    } catch (UnknownHostException e) {
      return CheckResult.warning(
          "DNS", server.host() + " has no address", "Check the DNS resolver of this machine.");
    }
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, server.port()), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      if (IMPLICIT_TLS.contains(server.port())) {
        handshake(socket, server);
        return CheckResult.ok("mail server", server + " is reachable, its certificate is trusted");
      }
      return CheckResult.ok("mail server", server + " is reachable");
    } catch (SSLException e) {
      return CheckResult.warning(
          "certificates",
          server + ": " + e.getMessage(),
          "Add its certificate authority to BYO_CONNECTION_TRUSTED_CERTIFICATES, or update the JDK.");
    } catch (IOException e) {
      return CheckResult.warning(
          "mail server",
          server + " is not reachable (" + e.getMessage() + ")",
          "Open the port in the firewall or network policy of this machine.");
    }
  }

  private static void handshake(Socket socket, MailServer server) throws IOException {
    SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
    try (SSLSocket tls =
        (SSLSocket) factory.createSocket(socket, server.host(), server.port(), true)) {
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      tls.setSSLParameters(parameters);
      tls.startHandshake();
    }
  }

  /** A host and its port. */
  record MailServer(String host, int port) {

    /**
     * @throws IllegalArgumentException if the text is not host:port
     */
    static MailServer parse(String text) {
      int colon = text.lastIndexOf(':');
      try {
        int port = Integer.parseInt(text.substring(colon + 1));
        if (colon > 0 && port > 0 && port <= MAX_PORT) {
          return new MailServer(text.substring(0, colon), port);
        }
      } catch (NumberFormatException e) {
        // Falls through to the one message.
      }
      throw new IllegalArgumentException("a mail server is host:port, not " + text);
    }

    @Override
    public String toString() {
      return host + ":" + port;
    }
  }
}

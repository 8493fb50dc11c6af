package org.byoemail.account.connection;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * TLS for the name that was typed, over a connection to the address that was vetted. Angus connects
 * to the literal and would have the certificate name that; here the typed name takes its place: it
 * is sent as SNI, and it is the peer host that JSSE holds the certificate against during the
 * handshake, with TLS from the start and after STARTTLS alike. An address that was typed is checked
 * as an address.
 *
 * <p>Angus is left to its default {@code ssl.checkserveridentity=true}. Just before the handshake
 * it sets the algorithm to LDAPS, which holds the certificate against the same peer host as the
 * HTTPS set here; with {@code false} that HTTPS would count, because JSSE ignores a null.
 */
final class HostnameVerifyingSocketFactory extends SSLSocketFactory {
  private final SSLSocketFactory trusting;
  private final String name;
  private final UnaryOperator<Socket> below;

  /**
   * @param name the host as it was typed, in its ASCII form
   * @param below what goes between the connection and TLS
   */
  HostnameVerifyingSocketFactory(
      SSLSocketFactory trusting, String name, UnaryOperator<Socket> below) {
    this.trusting = trusting;
    this.name = name;
    this.below = below;
  }

  @Override
  public Socket createSocket(Socket socket, String literal, int port, boolean autoClose)
      throws IOException {
    SSLSocket tls = (SSLSocket) trusting.createSocket(below.apply(socket), name, port, autoClose);
    SSLParameters parameters = tls.getSSLParameters();
    demand(parameters, name);
    tls.setSSLParameters(parameters);
    return tls;
  }

  /** Has that name sent as SNI, and the certificate held against the peer host. */
  static void demand(SSLParameters parameters, String name) {
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    if (!isLiteral(name)) {
      try {
        parameters.setServerNames(List.of(new SNIHostName(name)));
      } catch (IllegalArgumentException e) {
        // Such as a_b.example: it cannot be sent as SNI, but the certificate is held against it.
        parameters.setServerNames(List.of());
      }
    }
  }

  private static boolean isLiteral(String name) {
    return name.contains(":") || name.matches("[0-9.]+");
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return trusting.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return trusting.getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException("only over a connection to a vetted address");
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) {
    return createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    return createSocket(host.getHostAddress(), port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    return createSocket(host, port);
  }

  @Override
  public String toString() {
    return "TLS for " + name;
  }
}

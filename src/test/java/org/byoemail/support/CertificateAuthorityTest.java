package org.byoemail.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.SignatureException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

@RequiresPrograms("openssl")
class CertificateAuthorityTest {
  private final CertificateAuthority authority = CertificateAuthority.shared();

  @Test
  void issuedCertificateIsTrustedForItsNames() throws Exception {
    ServerCertificate certificate = authority.issue("mail.example.test");

    assertThat(shakeHands(authority, certificate, "mail.example.test")).startsWith("TLSv1.");
    assertThat(shakeHands(authority, certificate, "127.0.0.1")).startsWith("TLSv1.");
  }

  @Test
  void certificateOfAnotherNameIsRefused() {
    ServerCertificate certificate = authority.issueOnlyFor("elsewhere.test");

    assertThatThrownBy(() -> shakeHands(authority, certificate, "localhost"))
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("localhost");
  }

  @Test
  void expiredCertificateIsRefused() {
    ServerCertificate certificate = authority.issueExpired();

    assertThatThrownBy(() -> shakeHands(authority, certificate, "localhost"))
        .isInstanceOf(SSLException.class)
        .hasRootCauseInstanceOf(CertificateExpiredException.class);
  }

  @Test
  void certificateOfAnotherAuthorityIsRefused() {
    ServerCertificate certificate = CertificateAuthority.create().issue();

    assertThatThrownBy(() -> shakeHands(authority, certificate, "localhost"))
        .isInstanceOf(SSLException.class)
        .rootCause()
        .isInstanceOfAny(CertPathValidatorException.class, SignatureException.class);
  }

  /** Returns the protocol that a client who expects that name agreed on with the server. */
  private static String shakeHands(
      CertificateAuthority trusted, ServerCertificate presented, String expectedName)
      throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (SSLServerSocket server =
        (SSLServerSocket)
            presented.serverContext().getServerSocketFactory().createServerSocket(0, 1, loopback)) {
      CompletableFuture<Void> served = CompletableFuture.runAsync(() -> serve(server));
      try (SSLSocket client =
          (SSLSocket)
              trusted
                  .clientContext()
                  .getSocketFactory()
                  .createSocket(
                      new Socket(loopback, server.getLocalPort()),
                      expectedName,
                      server.getLocalPort(),
                      true)) {
        SSLParameters parameters = client.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        client.setSSLParameters(parameters);
        client.startHandshake();
        return client.getSession().getProtocol();
      } finally {
        served.handle((done, refused) -> null).join();
      }
    }
  }

  private static void serve(SSLServerSocket server) {
    try (SSLSocket peer = (SSLSocket) server.accept()) {
      peer.startHandshake();
    } catch (IOException refused) {
      throw new UncheckedIOException(refused);
    }
  }
}

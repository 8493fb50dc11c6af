package org.byoemail.account.connection;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The trusted certificate authorities: the JVM's, and those in {@code
 * byo.connection.trusted-certificates}. Certificate checks cannot be disabled.
 */
@Component
class TrustedCertificates {
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private final SSLContext context;

  TrustedCertificates(ConnectionSettings settings) throws GeneralSecurityException, IOException {
    this.context = SSLContext.getInstance("TLS");
    context.init(null, managers(settings.trustedCertificates()), null);
  }

  /** A client-mode TLS engine; the certificate must match that name or address. */
  SSLEngine engine(String name, int port) {
    SSLEngine engine = context.createSSLEngine(name, port);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(PROTOCOLS);
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    if (!isLiteral(name)) {
      try {
        parameters.setServerNames(List.of(new SNIHostName(name)));
      } catch (IllegalArgumentException e) {
        // Such as a_b.example: it cannot be sent as SNI, but the certificate is held against it.
        parameters.setServerNames(List.of());
      }
    }
    engine.setSSLParameters(parameters);
    return engine;
  }

  private static boolean isLiteral(String name) {
    return name.contains(":") || name.matches("[0-9.]+");
  }

  // One key store with all of them, because only the JVM's own trust manager checks the server's
  // name while it checks the certificate; one that asks several others would have to do so itself.
  private static TrustManager[] managers(@Nullable Path additional)
      throws GeneralSecurityException, IOException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    if (additional == null) {
      return factory.getTrustManagers();
    }
    KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
    all.load(null, null);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        for (X509Certificate authority : x509.getAcceptedIssuers()) {
          all.setCertificateEntry("jvm-" + all.size(), authority);
        }
      }
    }
    for (Certificate authority : read(additional)) {
      all.setCertificateEntry("own-" + all.size(), authority);
    }
    factory.init(all);
    return factory.getTrustManagers();
  }

  private static Collection<? extends Certificate> read(Path file) throws CertificateException {
    try (InputStream pem = Files.newInputStream(file)) {
      Collection<? extends Certificate> found =
          CertificateFactory.getInstance("X.509").generateCertificates(pem);
      if (!found.isEmpty()) {
        return found;
      }
    } catch (IOException | CertificateException e) {
      throw new IllegalArgumentException(unreadable(file), e);
    }
    throw new IllegalArgumentException(unreadable(file));
  }

  private static String unreadable(Path file) {
    return "byo.connection.trusted-certificates: " + file + " holds no certificates in PEM";
  }
}

package org.byoemail.support;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A server's certificate and its private key (elliptic curve, PKCS #8), each a PEM file. */
public record ServerCertificate(Path certificate, Path key) {
  private static final char[] PASSWORD = "in-memory".toCharArray();

  /**
   * One that no authority has signed.
   *
   * @param name as openssl has it: {@code IP:127.0.0.1}
   */
  public static ServerCertificate selfSigned(Path directory, String name) {
    Path certificate = directory.resolve("self-signed.pem");
    Path key = directory.resolve("self-signed.key");
    Command.run(
        List.of(
            "openssl",
            "req",
            "-x509",
            "-nodes",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-days",
            "30",
            "-subj",
            "/CN=127.0.0.1",
            "-addext",
            "subjectAltName=" + name,
            "-keyout",
            key.toString(),
            "-out",
            certificate.toString()));
    return new ServerCertificate(certificate, key);
  }

  /** For a server written in Java that presents this certificate. */
  public SSLContext serverContext() {
    try {
      // PKCS12 would derive a key from the password, ten thousand times over.
      KeyStore keys = KeyStore.getInstance("JKS");
      keys.load(null, null);
      keys.setKeyEntry("server", readKey(), PASSWORD, new Certificate[] {read(certificate)});
      KeyManagerFactory managers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(keys, PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(managers.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("Cannot present " + certificate, e);
    }
  }

  static Certificate read(Path pem) throws GeneralSecurityException, IOException {
    try (InputStream input = Files.newInputStream(pem)) {
      return CertificateFactory.getInstance("X.509").generateCertificate(input);
    }
  }

  private PrivateKey readKey() throws GeneralSecurityException, IOException {
    String base64 = Files.readString(key).replaceAll("-----[A-Z ]+-----", "");
    byte[] encoded = Base64.getMimeDecoder().decode(base64);
    return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded));
  }
}

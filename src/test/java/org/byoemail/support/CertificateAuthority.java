package org.byoemail.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * A certificate authority for test servers, made with openssl in a temporary directory that is
 * deleted when the JVM ends. Safe for use by several threads.
 */
public final class CertificateAuthority {
  private final Path directory;
  private final AtomicInteger issued = new AtomicInteger();

  private CertificateAuthority(Path directory) {
    this.directory = directory;
  }

  /**
   * The authority that {@link DovecotServer} and {@link PostfixServer} have their certificate of.
   */
  public static CertificateAuthority shared() {
    return Shared.AUTHORITY;
  }

  /** One more authority, which nobody trusts yet. */
  public static CertificateAuthority create() {
    try {
      Path directory = Files.createTempDirectory("byo-authority");
      Thread cleanUp = new Thread(() -> FileSystemUtils.deleteRecursively(directory.toFile()));
      Runtime.getRuntime().addShutdownHook(cleanUp);
      Command.run(Command.script("certificate.sh", directory));
      return new CertificateAuthority(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The authority's own certificate, a PEM file: what a client has to trust. */
  public Path certificate() {
    return directory.resolve("ca.pem");
  }

  /** A certificate for {@code localhost}, {@code 127.0.0.1} and these host names and addresses. */
  public ServerCertificate issue(String... furtherNames) {
    List<String> names = new ArrayList<>(List.of("localhost", "127.0.0.1"));
    names.addAll(List.of(furtherNames));
    return issue(List.of(), names);
  }

  /** A certificate for exactly these host names and addresses, for the wrong server for example. */
  public ServerCertificate issueOnlyFor(String... names) {
    return issue(List.of(), List.of(names));
  }

  /** A certificate for {@code localhost} and {@code 127.0.0.1} whose validity ended in 2021. */
  public ServerCertificate issueExpired() {
    return issue(List.of("--expired"), List.of("localhost", "127.0.0.1"));
  }

  /** For a client that trusts this authority and no other. */
  public SSLContext clientContext() {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("authority", ServerCertificate.read(certificate()));
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("Cannot trust " + certificate(), e);
    }
  }

  private ServerCertificate issue(List<String> options, List<String> names) {
    String file = "server" + issued.incrementAndGet();
    List<Object> arguments = new ArrayList<>(List.of(directory, file));
    arguments.addAll(options);
    arguments.addAll(names);
    Command.run(Command.script("certificate.sh", arguments.toArray()));
    return new ServerCertificate(
        directory.resolve(file + ".pem"), directory.resolve(file + ".key"));
  }

  private static final class Shared {
    static final CertificateAuthority AUTHORITY = create();
  }
}

package org.byoemail.account.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.ScriptedImapServer;
import org.byoemail.support.ServerCertificate;
import org.byoemail.support.WebServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server on loopback with a certificate that it signed itself, as Proton Mail Bridge is. */
class SelfSignedServerTest {
  private static final CertificateAuthority AUTHORITY = CertificateAuthority.shared();

  @TempDir Path directory;

  @Test
  void certificateIsAcceptedWhereTheOperatorNamesItAndNowhereElse() throws Exception {
    ServerCertificate bridge = ServerCertificate.selfSigned(directory, "IP:127.0.0.1");
    try (ScriptedImapServer imap = new ScriptedImapServer()) {
      imap.withStartTls(bridge);

      assertThat(probe(imap, bridge.certificate())).isNull();
      assertThat(probe(imap, AUTHORITY.certificate())).contains("could not begin TLS");
    }
  }

  @Test
  void trustedCertificateMustNameTheServer() throws Exception {
    ServerCertificate other = ServerCertificate.selfSigned(directory, "DNS:elsewhere.test");
    try (ScriptedImapServer imap = new ScriptedImapServer()) {
      imap.withStartTls(other);

      assertThat(probe(imap, other.certificate())).contains("could not begin TLS");
    }
  }

  private static @Nullable String probe(ScriptedImapServer imap, Path trusted) {
    try (WebServer web = new WebServer(AUTHORITY.issue());
        StrangerNetwork network = new StrangerNetwork(web, trusted)) {
      network.host("127.0.0.1", "127.0.0.1");
      return network
          .probe()
          .probe(
              Protocol.IMAP,
              "127.0.0.1",
              imap.port(),
              Security.STARTTLS,
              Deadline.in(Duration.ofSeconds(5)));
    }
  }
}

package org.byoemail.inbound.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import org.byoemail.inbound.scan.ScanResult.Kind;
import org.byoemail.support.ClamdServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A real clamd reads the mail that it is shown, its attachments included. */
@ExtendWith(ClamdServer.Installed.class)
class RealClamdTest {
  private static final String ALL_IS_WELL =
      "Subject: x\r\n\r\n" + "All is well.\r\n".repeat(20_000);

  @TempDir static Path dir;

  @Test
  void findsMalwareInAnAttachmentAndHoldsWhatItDoesNotScan() throws Exception {
    try (ClamdServer clamd = new ClamdServer(dir)) {
      clamd.start();
      Scanners scanners =
          new Scanners(
              new ScanSettings(
                  "127.0.0.1:" + clamd.port(),
                  null,
                  null,
                  Duration.ofSeconds(20),
                  Duration.ofMillis(1)),
              Clock.systemUTC(),
              new SimpleMeterRegistry());

      ScanResult found = scan(scanners, attached("MZ " + ClamdServer.MALWARE));

      assertThat(found.kind()).isEqualTo(Kind.MALWARE);
      assertThat(found.reason()).isEqualTo(ClamdServer.NAME);
      assertThat(scan(scanners, ALL_IS_WELL).kind()).isEqualTo(Kind.CLEAN);
      assertThat(scan(scanners, attached("nothing")).kind()).isEqualTo(Kind.CLEAN);
      ScanResult large = scan(scanners, ALL_IS_WELL.repeat(8));
      assertThat(large.kind()).isEqualTo(Kind.HOLD);
      assertThat(large.reason()).contains("StreamMaxLength");
      clamd.close();
      assertThatThrownBy(() -> scan(scanners, ALL_IS_WELL)).isInstanceOf(ScannerUnavailable.class);
    }
  }

  private static String attached(String content) {
    String encoded =
        Base64.getMimeEncoder().encodeToString(content.getBytes(StandardCharsets.US_ASCII));
    return "From: a@b.test\r\nTo: c@d.test\r\nSubject: file\r\nMIME-Version: 1.0\r\n"
        + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
        + "Look.\r\n--b\r\nContent-Type: application/octet-stream; name=a.bin\r\n"
        + "Content-Transfer-Encoding: base64\r\n\r\n"
        + encoded
        + "\r\n--b--\r\n";
  }

  private static ScanResult scan(Scanners scanners, String mail)
      throws ScannerUnavailable, IOException {
    byte[] bytes = mail.getBytes(StandardCharsets.ISO_8859_1);
    return scanners.scan(() -> new ByteArrayInputStream(bytes), bytes.length);
  }
}

package org.byoemail.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.byoemail.support.CertificateAuthority;
import org.junit.jupiter.api.Test;

class StubImapServerTest {
  private static final int PATIENCE_MILLIS = 30_000;

  @Test
  void idleClientIsToldOfMailOverTlsAndFetchesIt() throws IOException {
    try (StubImapProcess server = StubImapProcess.start(Duration.ZERO);
        Socket client = secured(server.tlsPort())) {
      BufferedReader in = reader(client);
      say(client, "a LOGIN ada secret\r\nb SELECT INBOX\r\nc IDLE\r\n");
      skipTo(in, "+ idling");
      assertThat(server.watched()).containsExactly("ada");

      long uid = server.deliver("ada", "hello");

      assertThat(in.readLine()).isEqualTo("* 1 EXISTS");
      say(client, "DONE\r\nd UID FETCH 1:* (UID RFC822.SIZE BODY.PEEK[HEADER]<0.100000>)\r\n");
      skipTo(in, "c OK done");
      assertThat(in.readLine()).startsWith("* 1 FETCH (UID " + uid + " RFC822.SIZE ");
      assertThat(skipTo(in, "d OK fine")).contains("Subject: hello\r\n");
      assertThat(server.figures().idling()).isZero();
      assertThat(server.figures().connections()).isEqualTo(1);
    }
  }

  private static Socket secured(int port) throws IOException {
    Socket socket =
        CertificateAuthority.shared()
            .clientContext()
            .getSocketFactory()
            .createSocket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static BufferedReader reader(Socket client) throws IOException {
    return new BufferedReader(
        new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
  }

  private static void say(Socket client, String words) throws IOException {
    client.getOutputStream().write(words.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String skipTo(BufferedReader in, String last) throws IOException {
    StringBuilder skipped = new StringBuilder();
    for (String line = in.readLine(); line != null && !line.equals(last); line = in.readLine()) {
      skipped.append(line).append("\r\n");
    }
    return skipped.toString();
  }
}

package org.byoemail.account.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.angus.mail.smtp.SMTPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What leaves, and what is taken for a reply. */
class SmtpChannelTest {
  private static final Duration SOON = Duration.ofMillis(300);

  private final WriteTimeouts writeTimeouts = new WriteTimeouts();
  private final WireBuffers buffers = new WireBuffers();
  private ServerSocket listening;
  private Socket server;
  private SmtpChannel channel;

  @BeforeEach
  void connect() throws IOException {
    listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Wire wire =
        Wire.connect(
            (InetSocketAddress) listening.getLocalSocketAddress(),
            Deadline.in(Duration.ofSeconds(5)),
            buffers,
            writeTimeouts,
            SOON);
    server = listening.accept();
    channel =
        new SmtpChannel(
            wire, buffers, new Redaction("ada", "horse"), Deadline.in(Duration.ofSeconds(20)));
  }

  @AfterEach
  void close() throws IOException {
    channel.close();
    server.close();
    listening.close();
    writeTimeouts.destroy();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "250 fine\\r\\n | 250 | 250 fine",
        "250\\r\\n | 250 | 250",
        "250 fine\\n | 250 | 250 fine",
        "250 fine\\r\\r\\n | 250 | 250 fine",
        "250-one\\r\\n250 two\\r\\n | 250 | 250-one 250 two",
        "250-one\\r\\n\\r\\nwithout a code\\r\\n250 two\\r\\n | 250 | 250-one without a code 250 two",
        "550-one\\r\\n250 two\\r\\n | 550 | 550-one 250 two",
        "\\r\\n\\r\\n220 ready\\r\\n | 220 | 220 ready",
        "535 no horse\\r\\n | 535 | 535 no [hidden]",
        "250\tfine\\r\\n | 250 | 250 fine"
      })
  void replyIsReadAsServersWriteIt(String said, int code, String text) throws Exception {
    say(said.replace("\\r", "\r").replace("\\n", "\n"));

    SmtpReply reply = channel.read(SOON);

    assertThat(reply).isEqualTo(new SmtpReply(code, text));
  }

  @Test
  void repliesThatComeTogetherAreTakenOneByOne() throws Exception {
    say("250 one\r\n250-two\r\n250 three\r\n354 four\r\n");

    assertThat(channel.read(SOON).text()).isEqualTo("250 one");
    assertThat(channel.read(SOON).text()).isEqualTo("250-two 250 three");
    assertThat(channel.read(SOON).code()).isEqualTo(354);
  }

  @ParameterizedTest
  @ValueSource(strings = {"* OK IMAP4rev1", "HTTP/1.1 400 Bad Request", "25", "+OK", "120 wait"})
  void whatIsNoReplyIsRefusedAtOnce(String said) throws Exception {
    say(said + "\r\n");

    assertThatThrownBy(() -> channel.read(Duration.ofSeconds(10)))
        .isInstanceOf(ProtocolViolated.class);
  }

  @Test
  void replyHasNoMoreThanAHundredLines() throws Exception {
    say("250-x\r\n".repeat(99) + "250 x\r\n" + "250-x\r\n".repeat(100) + "250 x\r\n");

    assertThat(channel.read(SOON).code()).isEqualTo(250);
    assertThatThrownBy(() -> channel.read(SOON)).isInstanceOf(ProtocolViolated.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"250 ", "250-line\r\n250-"})
  void replyHasNoMoreThanSixteenKilobytes(String begin) throws Exception {
    say(begin + "x".repeat(SmtpChannel.MAX_BYTES));

    assertThatThrownBy(() -> channel.read(Duration.ofSeconds(10)))
        .isInstanceOf(ProtocolViolated.class);
  }

  @Test
  void replyMustBeCompleteInTimeHoweverItTricklesIn() throws Exception {
    CompletableFuture<Void> drip =
        CompletableFuture.runAsync(
            () -> {
              try {
                for (int i = 0; i < 100; i++) {
                  say("2");
                  TimeUnit.MILLISECONDS.sleep(50);
                }
              } catch (IOException | InterruptedException e) {
                // The client has left.
              }
            });

    assertThatThrownBy(() -> channel.read(SOON)).isInstanceOf(SocketTimeoutException.class);

    channel.close();
    server.close();
    drip.get(10, TimeUnit.SECONDS);
  }

  @Test
  void writeThatTheServerDoesNotTakeIsCutOff() {
    byte[] block = new byte[16 << 10];

    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 4096; i++) {
                channel.add(block);
              }
            })
        .isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void lineBreakMakesNoSecondCommand() {
    assertThatThrownBy(() -> channel.add("RCPT TO:<ben@x.test>\r\nDATA"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> channel.add("RCPT TO:<ben@x.test>\nDATA"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bodyIsWhatAngusWouldMakeOfItWhateverPiecesItComesIn() throws Exception {
    Random random = new Random(20261129);
    for (int round = 0; round < 300; round++) {
      byte[] mail = mail(random);
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      SMTPOutputStream angus = new SMTPOutputStream(expected);
      angus.write(mail);
      angus.ensureAtBOL();
      SmtpBody body = new SmtpBody(channel);

      for (int from = 0; from < mail.length; ) {
        int count = Math.min(mail.length - from, random.nextInt(12));
        if (count == 1) {
          body.write(mail[from]);
        } else {
          body.write(mail, from, count);
        }
        from += count;
      }
      body.endLastLine();
      channel.flush();

      assertThat(server.getInputStream().readNBytes(expected.size()))
          .as("round %s", round)
          .isEqualTo(expected.toByteArray());
    }
    assertThat(server.getInputStream().available()).isZero();
  }

  private static byte[] mail(Random random) {
    byte[] alphabet = {'\r', '\n', '.', 'x', '\r', '\n', '.', (byte) 0xe9};
    byte[] mail = new byte[random.nextInt(200)];
    for (int i = 0; i < mail.length; i++) {
      mail[i] = alphabet[random.nextInt(alphabet.length)];
    }
    return mail;
  }

  private void say(String text) throws IOException {
    server.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}

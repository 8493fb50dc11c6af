package org.byoemail.format.mail;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Base64ReaderTest {
  private static String decode(String text) {
    byte[] data = text.replace("~", "\r\n").getBytes(StandardCharsets.US_ASCII);
    return new String(
        TransferEncoding.BASE64.decode(data, 0, data.length), StandardCharsets.US_ASCII);
  }

  private static boolean isBroken(String text) {
    return TransferEncoding.BASE64.isBroken(
        ByteSlice.of(text.replace("~", "\r\n").getBytes(StandardCharsets.US_ASCII)));
  }

  /** Line breaks are written as tildes. */
  @ParameterizedTest
  @CsvSource({
    "YWJjZA==, abcd",
    "YWJjZA, abcd",
    "YWJjZA===, abcd",
    "YWJj~ZA==~~, abcd",
    "Y W J j Z A = =, abcd",
    "YWJjZGVm~~Z2hp~, abcdefghi",
    "Y, ''",
    "'', ''"
  })
  void whatSendersWriteIsDecoded(String text, String decoded) {
    assertThat(decode(text)).isEqualTo(decoded);
    assertThat(isBroken(text)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "YQ==YmM=, abc",
    "YQ==~YmM=~, abc",
    "YQ==~~YmM=~ZGU=~, abcde",
    "YWJj~-- ~Footer of a list, abc",
    "YWJj~~-- ~Footer of a list, abc",
    "YWJj~_____________~Footer~http://lists.example, abc",
    "YWI=~Sent by a list!, ab",
    "YWI=~~Sent by a list~Unsubscribe, ab",
    "YWJj~~Leave it here: lists.example~~Bye~, abc",
    "YWJj~~Leave it, abc",
    "YWI=~~some words here~~YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWZn~, ababcdefghijklmnopqrstuvwxyzabcdefg"
  })
  void whatFollowsThePaddingIsReadUnlessItIsText(String text, String decoded) {
    assertThat(decode(text)).isEqualTo(decoded);
    assertThat(isBroken(text)).isTrue();
  }

  @Test
  void whatIsNoBase64IsLeftOutAndTakesNoMemoryOfItsOwn() {
    byte[] data = ("YW" + "!".repeat(1 << 20) + "Jj\r\nZA").getBytes(StandardCharsets.US_ASCII);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();

    byte[] decoded = TransferEncoding.BASE64.decode(data, 0, data.length);

    assertThat(decoded).asString(StandardCharsets.US_ASCII).isEqualTo("abcd");
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(16 << 20);
  }

  @Test
  void streamInPiecesOfAnySizeSaysTheSame() throws IOException {
    byte[] content = new byte[10_000];
    new Random(5).nextBytes(content);
    byte[] data = Base64.getMimeEncoder().encode(content);

    for (int size : new int[] {1, 2, 3, 4, 5, 1_000}) {
      InputStream in = TransferEncoding.BASE64.decoding(data, 0, data.length);
      byte[] read = new byte[content.length];
      int length = 0;
      for (int n = 0; n >= 0 && length < read.length; length += Math.max(0, n)) {
        n = in.read(read, length, Math.min(size, read.length - length));
      }
      assertThat(read).isEqualTo(content);
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"YQ==\n", "YQ==\n\n", "-- \n", "\n\nabc", "=", "a b ", "YQ==\n\n-\n"})
  void hostileTextIsReadOnce(String unit) {
    byte[] data = unit.repeat((8 << 20) / unit.length()).getBytes(StandardCharsets.US_ASCII);

    org.junit.jupiter.api.Assertions.assertTimeout(
        Duration.ofSeconds(5), () -> TransferEncoding.BASE64.decode(data, 0, data.length));
  }
}

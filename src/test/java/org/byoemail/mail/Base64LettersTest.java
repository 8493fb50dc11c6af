package org.byoemail.mail;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Base64LettersTest {
  @Test
  void whatIsNoBase64IsLeftOutAndTakesNoMemoryOfItsOwn() {
    byte[] data = ("YW" + "!".repeat(1 << 20) + "Jj\r\nZA").getBytes(StandardCharsets.US_ASCII);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();

    byte[] decoded = TransferEncoding.BASE64.decode(data, 0, data.length);

    assertThat(decoded).asString(StandardCharsets.US_ASCII).isEqualTo("abcd");
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(16 << 20);
  }
}

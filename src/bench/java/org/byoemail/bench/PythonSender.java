package org.byoemail.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The other reference: Python's smtplib, a connection for each mail, as such platforms do it. */
final class PythonSender {
  private PythonSender() {}

  /** Sends so many mails; mails a second. */
  static double rate(int port, int count, int threads) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                "python3",
                "bench/smtplib_send.py",
                String.valueOf(port),
                String.valueOf(count),
                String.valueOf(threads))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String answer =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IOException("smtplib_send.py failed");
    }
    return count / Double.parseDouble(answer);
  }
}

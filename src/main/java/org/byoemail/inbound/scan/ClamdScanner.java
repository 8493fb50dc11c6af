package org.byoemail.inbound.scan;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;

/** ClamAV's daemon, by the command INSTREAM (clamd(8)): chunks with their length, then 0. */
final class ClamdScanner implements Scanner {
  private static final int CHUNK = 64 << 10;
  private static final int MAX_ANSWER = 4 << 10;

  private final String host;
  private final int port;
  private final Duration timeout;

  ClamdScanner(String address, Duration timeout) {
    this.host = ScanSettings.host(address);
    this.port = ScanSettings.port(address);
    this.timeout = timeout;
  }

  @Override
  public String name() {
    return "clamd";
  }

  @Override
  public ScanResult scan(InputStream mail, long size) throws IOException {
    try (ScannerConnection connection = ScannerConnection.open(host, port, timeout)) {
      try {
        send(mail, connection.out());
      } catch (IOException e) {
        // Beyond its StreamMaxLength it answers, and closes while we write.
        if (connection.isTooLate(e)) {
          throw e;
        }
      }
      return result(connection.readTo(0, MAX_ANSWER).strip());
    }
  }

  private static void send(InputStream mail, OutputStream out) throws IOException {
    out.write("zINSTREAM\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    byte[] chunk = new byte[CHUNK];
    for (int read = mail.read(chunk); read >= 0; read = mail.read(chunk)) {
      out.write(ByteBuffer.allocate(Integer.BYTES).putInt(read).array());
      out.write(chunk, 0, read);
    }
    out.write(new byte[Integer.BYTES]);
    out.flush();
  }

  private ScanResult result(String answer) throws IOException {
    String said = answer.startsWith("stream: ") ? answer.substring("stream: ".length()) : answer;
    if (said.equals("OK")) {
      return ScanResult.clean(name());
    }
    if (said.endsWith(" FOUND")) {
      return new ScanResult(
          name(), ScanResult.Kind.MALWARE, said.substring(0, said.length() - " FOUND".length()));
    }
    if (said.contains("size limit exceeded")) {
      return new ScanResult(
          name(), ScanResult.Kind.HOLD, "it is larger than clamd scans (StreamMaxLength)");
    }
    throw new IOException(said.isEmpty() ? "no answer" : "an answer that is not of INSTREAM");
  }
}

package org.byoemail.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;

/** Hands mails to a server by LMTP (RFC 2033), one recipient each, over one connection. */
final class LmtpClient implements AutoCloseable {
  private static final int ANSWER_MILLIS = 30_000;

  private final Socket socket;
  private final BufferedReader input;
  private final OutputStream output;

  LmtpClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(ANSWER_MILLIS);
    input = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
    output = socket.getOutputStream();
    expect("220");
    command("LHLO localhost", "250");
  }

  /** An empty sender is the null reverse-path. The lines of the mail may end in LF or CRLF. */
  void deliver(String sender, String recipient, byte[] mail) throws IOException {
    command("MAIL FROM:<" + sender + ">", "250");
    command("RCPT TO:<" + recipient + ">", "250");
    command("DATA", "354");
    output.write(transparent(new String(mail, ISO_8859_1)).getBytes(ISO_8859_1));
    command(".", "250");
  }

  /** RFC 5321, section 4.5.2: a line that starts with a dot gets one more. */
  private static String transparent(String mail) {
    String lines = mail.replaceAll("\r?\n", "\r\n").replaceAll("(?m)^\\.", "..");
    return lines.endsWith("\r\n") ? lines : lines + "\r\n";
  }

  private void command(String line, String code) throws IOException {
    output.write((line + "\r\n").getBytes(ISO_8859_1));
    output.flush();
    expect(code);
  }

  private void expect(String code) throws IOException {
    String line = input.readLine();
    while (line != null && line.startsWith(code + "-")) {
      line = input.readLine();
    }
    if (line == null || !line.startsWith(code)) {
      throw new IOException("Expected " + code + ", the server said: " + line);
    }
  }

  @Override
  public void close() throws IOException {
    try (socket) {
      command("QUIT", "221");
    }
  }
}

package org.byoemail.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.function.Consumer;
import org.byoemail.support.MailUser;

/** The least that a client does: bytes out, bytes in, up to the line that ends a command. */
final class RawImapClient implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;
  private int commands;

  RawImapClient(int port, MailUser user) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    line();
    ask("LOGIN " + user.address() + " " + user.password());
    ask("SELECT INBOX");
  }

  /** Sends a command and returns the answer. */
  String ask(String command) throws IOException {
    String tag = "A" + ++commands;
    socket.getOutputStream().write((tag + " " + command + "\r\n").getBytes(ISO_8859_1));
    StringBuilder answer = new StringBuilder();
    for (String line = line(); ; line = line()) {
      answer.append(line);
      if (line.startsWith(tag + " ")) {
        return answer.toString();
      }
    }
  }

  /** Puts mails into the inbox by one command (RFC 3502, RFC 7888). */
  void append(Iterable<byte[]> mails) throws IOException {
    ByteArrayOutputStream command = new ByteArrayOutputStream();
    String tag = "A" + ++commands;
    command.write((tag + " APPEND INBOX").getBytes(ISO_8859_1));
    for (byte[] mail : mails) {
      command.write((" {" + mail.length + "+}\r\n").getBytes(ISO_8859_1));
      command.write(mail);
    }
    command.write("\r\n".getBytes(ISO_8859_1));
    socket.getOutputStream().write(command.toByteArray());
    String line = line();
    while (!line.startsWith(tag + " ")) {
      line = line();
    }
    if (!line.startsWith(tag + " OK")) {
      throw new IOException("the server did not take the mails: " + line);
    }
  }

  /** Waits (RFC 2177) and hears what the server says, until the connection is closed. */
  void idle(Consumer<String> said) throws IOException {
    socket.getOutputStream().write(("A" + ++commands + " IDLE\r\n").getBytes(ISO_8859_1));
    while (!socket.isClosed()) {
      said.accept(line());
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0; next = in.read()) {
      line.append((char) next);
      if (next == '\n') {
        return line.toString();
      }
    }
    throw new IOException("the server has left");
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

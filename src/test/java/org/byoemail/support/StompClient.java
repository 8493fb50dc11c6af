package org.byoemail.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Speaks just enough STOMP 1.2 over a socket to be a producer in another language. */
public final class StompClient implements AutoCloseable {
  private static final int PART = 64 << 10;

  private final Socket socket;

  public StompClient(int port) throws IOException {
    this.socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
  }

  public static StompClient connected(int port, String user, String password) throws IOException {
    StompClient client = new StompClient(port);
    String answer = client.connect(user, password);
    if (!answer.startsWith("CONNECTED")) {
      throw new IOException(answer);
    }
    return client;
  }

  public String connect(String user, String password) throws IOException {
    return ask("CONNECT", Map.of("accept-version", "1.2", "login", user, "passcode", password), "");
  }

  /** Sends and returns the answer: RECEIPT or ERROR with its headers. */
  public String send(String destination, String body) throws IOException {
    return send(destination, body, Map.of());
  }

  /** Sends with further headers and returns the answer. */
  public String send(String destination, String body, Map<String, String> headers)
      throws IOException {
    Map<String, String> all = new HashMap<>(headers);
    all.put("destination", destination);
    all.put("receipt", "1");
    return ask("SEND", all, body);
  }

  /**
   * Begins a frame that does not end.
   *
   * @return the broker's answer; empty if there is none within a second
   */
  public String begin(String destination, String body) throws IOException {
    socket.setSoTimeout(1_000);
    byte[] frame =
        ("SEND\ndestination:" + destination + "\n\n" + body).getBytes(StandardCharsets.UTF_8);
    InputStream answers = socket.getInputStream();
    answers.skipNBytes(answers.available());
    try {
      // In parts: a refusal is read before the reset that what was written after it brings about.
      for (int from = 0; from < frame.length && answers.available() == 0; ) {
        int part = Math.min(PART, frame.length - from);
        socket.getOutputStream().write(frame, from, part);
        from += part;
      }
      return frame();
    } catch (SocketTimeoutException e) {
      return "";
    }
  }

  public String subscribe(String destination) throws IOException {
    return ask("SUBSCRIBE", Map.of("destination", destination, "id", "1", "receipt", "1"), "");
  }

  public String frame() throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    for (int next = in.read(); next > 0 || frame.size() == 0; next = in.read()) {
      if (next < 0) {
        return "closed";
      }
      if (frame.size() > 0 || next > '\n') {
        frame.write(next);
      }
    }
    return frame.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private String ask(String command, Map<String, String> headers, String body) throws IOException {
    StringBuilder frame = new StringBuilder(command).append('\n');
    headers.forEach((name, value) -> frame.append(name).append(':').append(value).append('\n'));
    frame.append('\n').append(body).append('\0');
    socket.getOutputStream().write(frame.toString().getBytes(StandardCharsets.UTF_8));
    return frame();
  }
}

package org.byoemail.support;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A scanner that speaks clamd's INSTREAM and, on the same port, ICAP's RESPMOD. Recognizes mails by
 * words in them, {@code EICAR} from the start.
 */
public final class ScannerStub implements AutoCloseable {
  private final ServerSocket socket;
  private final Map<String, String> signatures = new ConcurrentHashMap<>();
  private final AtomicInteger scans = new AtomicInteger();
  private volatile boolean away;
  private volatile String answer;

  public ScannerStub() {
    try {
      socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    signatures.put("EICAR", "Eicar-Test-Signature");
    Thread thread = new Thread(this::run, "scanner-stub");
    thread.setDaemon(true);
    thread.start();
  }

  /** Host and port. */
  public String address() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  /** Closes each connection at once. */
  public void leave() {
    away = true;
  }

  public void comeBack() {
    away = false;
  }

  /** Answers so, whatever it is asked; null: as it should. Ends connections only if that ends. */
  public void answer(String text) {
    answer = text;
  }

  /** How many mails it has read to the end. */
  public int scans() {
    return scans.get();
  }

  private void run() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        Thread thread = new Thread(() -> serve(client), "scanner-stub-client");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      if (away) {
        return;
      }
      client.setSoTimeout(10_000);
      DataInputStream in = new DataInputStream(client.getInputStream());
      int first = in.read();
      boolean icap = first == 'R';
      String mail = icap ? icap(in) : clamd(in);
      scans.incrementAndGet();
      String found =
          signatures.entrySet().stream()
              .filter(one -> mail.contains(one.getKey()))
              .map(Map.Entry::getValue)
              .findFirst()
              .orElse(null);
      String said = answer == null ? icap ? icap(found) : clamd(found) : answer;
      client.getOutputStream().write(said.getBytes(StandardCharsets.ISO_8859_1));
      client.getOutputStream().flush();
    } catch (IOException e) {
      // The client left.
    }
  }

  private static String clamd(String found) {
    return found == null ? "stream: OK\0" : "stream: " + found + " FOUND\0";
  }

  private static String icap(String found) {
    return found == null
        ? "ICAP/1.0 204 No modifications\r\nISTag: \"1\"\r\n\r\n"
        : "ICAP/1.0 200 OK\r\nX-Infection-Found: Type=0; Threat="
            + found
            + ";\r\nEncapsulated: res-hdr=0, null-body=30\r\n\r\nHTTP/1.1 403 Forbidden\r\n\r\n";
  }

  private static String clamd(DataInputStream in) throws IOException {
    byte[] command = in.readNBytes("INSTREAM\0".length());
    if (!new String(command, StandardCharsets.US_ASCII).equals("INSTREAM\0")) {
      throw new IOException("no INSTREAM");
    }
    ByteArrayOutputStream mail = new ByteArrayOutputStream();
    for (int length = in.readInt(); length > 0; length = in.readInt()) {
      mail.write(in.readNBytes(length));
    }
    return mail.toString(StandardCharsets.ISO_8859_1);
  }

  private static String icap(InputStream in) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    byte[] chunk = new byte[64 << 10];
    String end = "";
    while (!end.endsWith("\r\n0\r\n\r\n")) {
      int length = in.read(chunk);
      if (length < 0) {
        throw new IOException("the request ends early");
      }
      read.write(chunk, 0, length);
      String all = read.toString(StandardCharsets.ISO_8859_1);
      end = all.substring(Math.max(0, all.length() - 16));
    }
    return read.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

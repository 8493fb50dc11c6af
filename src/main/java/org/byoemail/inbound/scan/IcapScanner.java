package org.byoemail.inbound.scan;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A RESPMOD service of an ICAP server (RFC 3507): the mail is shown to it as the body of an HTTP
 * response. 204 means that it would change nothing; anything that it puts in its place means that
 * the mail is not clean.
 */
final class IcapScanner implements Scanner {
  private static final int CHUNK = 64 << 10;
  private static final int MAX_LINE = 8 << 10;
  private static final int MAX_FIELDS = 100;

  private final URI service;
  private final int port;
  private final Duration timeout;

  IcapScanner(URI service, int port, Duration timeout) {
    this.service = service;
    this.port = port;
    this.timeout = timeout;
  }

  @Override
  public String name() {
    return "icap";
  }

  @Override
  public ScanResult scan(InputStream mail, long size) throws IOException {
    try (ScannerConnection connection = ScannerConnection.open(service.getHost(), port, timeout)) {
      try {
        send(mail, size, connection);
      } catch (IOException e) {
        // It may answer before it has read all.
        if (connection.isTooLate(e)) {
          throw e;
        }
      }
      return result(connection);
    }
  }

  private void send(InputStream mail, long size, ScannerConnection connection) throws IOException {
    String request = "GET http://mail.invalid/mail.eml HTTP/1.1\r\nHost: mail.invalid\r\n\r\n";
    String response =
        "HTTP/1.1 200 OK\r\nContent-Type: message/rfc822\r\nContent-Length: " + size + "\r\n\r\n";
    connection.write(
        "RESPMOD %s ICAP/1.0\r\nHost: %s\r\nAllow: 204\r\nConnection: close\r\n"
                .formatted(service, service.getHost())
            + "Encapsulated: req-hdr=0, res-hdr=%d, res-body=%d\r\n\r\n"
                .formatted(request.length(), request.length() + response.length())
            + request
            + response);
    byte[] chunk = new byte[CHUNK];
    for (int read = mail.readNBytes(chunk, 0, CHUNK);
        read > 0;
        read = mail.readNBytes(chunk, 0, CHUNK)) {
      connection.write(Integer.toHexString(read) + "\r\n");
      connection.out().write(chunk, 0, read);
      connection.write("\r\n");
    }
    connection.write("0\r\n\r\n");
    connection.out().flush();
  }

  private ScanResult result(ScannerConnection connection) throws IOException {
    String status = connection.readTo('\n', MAX_LINE).strip();
    String[] words = status.split(" ", 3);
    if (words.length < 2 || !words[0].startsWith("ICAP/")) {
      throw new IOException("an answer that is not of ICAP");
    }
    Map<String, String> fields = fields(connection);
    String found =
        fields.getOrDefault(
            "x-infection-found",
            fields.getOrDefault("x-virus-id", fields.get("x-violations-found")));
    if (words[1].equals("204")) {
      return ScanResult.clean(name());
    }
    if (found != null && words[1].startsWith("2")) {
      return new ScanResult(name(), ScanResult.Kind.MALWARE, found);
    }
    if (words[1].equals("200")) {
      return new ScanResult(
          name(), ScanResult.Kind.HOLD, "the ICAP server puts something else in its place");
    }
    throw new IOException("it answers " + words[1]);
  }

  private static Map<String, String> fields(ScannerConnection connection) throws IOException {
    Map<String, String> fields = new HashMap<>();
    for (int i = 0; i < MAX_FIELDS; i++) {
      String line = connection.readTo('\n', MAX_LINE).strip();
      int colon = line.indexOf(':');
      if (colon < 0) {
        return fields;
      }
      fields.putIfAbsent(
          line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip());
    }
    throw new IOException("its answer has more than " + MAX_FIELDS + " fields");
  }
}

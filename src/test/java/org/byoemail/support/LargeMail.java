package org.byoemail.support;

import java.nio.charset.StandardCharsets;

/** A mail with a short text and one large file. */
public final class LargeMail {
  private static final String HEAD =
      """
      From: a@example.net
      Subject: large
      Content-Type: multipart/mixed; boundary=b

      --b
      Content-Type: text/plain

      Hello
      --b
      Content-Type: application/octet-stream; name=a.bin
      Content-Transfer-Encoding: base64

      """;

  private LargeMail() {}

  /** Its bytes, about so many. */
  public static byte[] of(int bytes) {
    String line = "QUJD".repeat(19) + "\n";
    return (HEAD + line.repeat((bytes - HEAD.length()) / line.length()))
        .getBytes(StandardCharsets.US_ASCII);
  }
}

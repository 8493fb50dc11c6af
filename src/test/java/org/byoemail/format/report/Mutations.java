package org.byoemail.format.report;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Breaks mails in the ways in which mails break, and in some in which only an attacker does. */
final class Mutations {
  private static final int MAX_BYTES = 2 << 20;
  private static final List<String> INSERTS =
      List.of(
          "\r",
          "\n",
          "\r\n",
          "\n\n",
          "\0",
          "\t",
          " ",
          "--",
          "\"",
          "<",
          ">",
          "(",
          "@",
          ":",
          ";",
          "=",
          "=?utf-8?B?",
          "=?x?Q?=",
          "\\",
          "%",
          "\u00e9",
          "\ud83d\ude00",
          "Content-Type: multipart/mixed; boundary=x\n",
          "Content-Type: message/rfc822\n\n",
          "Content-Transfer-Encoding: base64\n",
          "Final-Recipient: rfc822;",
          "Action: failed\n",
          "Status: 5.1.1\n",
          "550 5.1.1 ");

  private final Random random;
  private final List<byte[]> mails;

  Mutations(long seed, List<byte[]> mails) {
    this.random = new Random(seed);
    this.mails = mails;
  }

  /** The next one: a mail of the stock, broken once to four times. */
  byte[] next() {
    byte[] mail = any();
    for (int times = 1 + random.nextInt(4); times > 0 && mail.length > 0; times--) {
      mail = broken(mail);
    }
    return mail.length > MAX_BYTES ? Arrays.copyOf(mail, MAX_BYTES) : mail;
  }

  private byte[] any() {
    return mails.get(random.nextInt(mails.size()));
  }

  private byte[] broken(byte[] mail) {
    return switch (random.nextInt(10)) {
      case 0 -> slice(mail, 0, at(mail));
      case 1 -> slice(mail, at(mail), mail.length);
      case 2 -> spliced(mail, any());
      case 3 -> flipped(mail);
      case 4 -> nested(mail);
      case 5 -> repeatedLine(mail);
      case 6 -> without(mail);
      case 7 -> inserted(mail, INSERTS.get(random.nextInt(INSERTS.size())));
      case 8 -> inserted(mail, INSERTS.get(random.nextInt(INSERTS.size())).repeat(2_000));
      default -> joined(slice(mail, 0, at(mail)), any());
    };
  }

  private int at(byte[] mail) {
    return random.nextInt(mail.length + 1);
  }

  private byte[] spliced(byte[] one, byte[] other) {
    return joined(slice(one, 0, at(one)), slice(other, at(other), other.length));
  }

  private byte[] flipped(byte[] mail) {
    byte[] flipped = mail.clone();
    for (int i = 1 + random.nextInt(20); i > 0; i--) {
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return flipped;
  }

  private byte[] nested(byte[] mail) {
    byte[] nested = mail;
    for (int depth = 1 + random.nextInt(random.nextInt(4) == 0 ? 100 : 3); depth > 0; depth--) {
      String type = random.nextBoolean() ? "multipart/mixed" : "multipart/report";
      String inner =
          random.nextBoolean() ? "message/rfc822" : "message/delivery-status\nX-Depth: " + depth;
      nested =
          joined(
              ascii(
                  "From: MAILER-DAEMON@a.example\nContent-Type: %s; boundary=b%d\n\n--b%d\nContent-Type: %s\n\n"
                      .formatted(type, depth, depth, inner)),
              joined(nested, ascii("\n--b%d--\n".formatted(depth))));
    }
    return nested;
  }

  private byte[] repeatedLine(byte[] mail) {
    int start = at(mail);
    while (start > 0 && mail[start - 1] != '\n') {
      start--;
    }
    int end = start;
    while (end < mail.length && mail[end] != '\n') {
      end++;
    }
    end = Math.min(mail.length, end + 1);
    byte[] line = slice(mail, start, end);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(mail, 0, start);
    for (int i = 1 + random.nextInt(500); i > 0 && out.size() < MAX_BYTES; i--) {
      out.writeBytes(line);
    }
    out.write(mail, start, mail.length - start);
    return out.toByteArray();
  }

  private byte[] without(byte[] mail) {
    int start = at(mail);
    int end = Math.min(mail.length, start + random.nextInt(200));
    return joined(slice(mail, 0, start), slice(mail, end, mail.length));
  }

  private byte[] inserted(byte[] mail, String text) {
    int at = at(mail);
    return joined(
        joined(slice(mail, 0, at), text.getBytes(StandardCharsets.UTF_8)),
        slice(mail, at, mail.length));
  }

  private static byte[] slice(byte[] mail, int from, int to) {
    return Arrays.copyOfRange(mail, from, to);
  }

  private static byte[] joined(byte[] one, byte[] other) {
    byte[] joined = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, joined, one.length, other.length);
    return joined;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}

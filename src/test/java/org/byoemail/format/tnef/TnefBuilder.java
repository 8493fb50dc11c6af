package org.byoemail.format.tnef;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;

/** Writes TNEF as Outlook does (MS-OXTNEF), for tests. */
final class TnefBuilder {
  private static final byte[] MESSAGE_OBJECT =
      HexFormat.of().parseHex("0703020000000000c000000000000046");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  TnefBuilder() {
    write(ByteBuffer.allocate(6), buffer -> buffer.putInt(0x223E9F78).putShort((short) 1));
    attribute(1, 0x00089006, number(0x00010000));
  }

  /** What 8-bit text after it is in. */
  TnefBuilder codePage(int number) {
    return attribute(1, 0x00069007, concat(number(number), number(0)));
  }

  TnefBuilder text(byte[] body) {
    return attribute(1, 0x0002800C, body);
  }

  TnefBuilder properties(byte[]... properties) {
    return attribute(1, 0x00069003, list(properties));
  }

  TnefBuilder file(String title, byte[] content, byte[]... properties) {
    attribute(2, 0x00069002, new byte[14]);
    attribute(2, 0x00018010, (title + '\0').getBytes(StandardCharsets.US_ASCII));
    attribute(2, 0x0006800F, content);
    return properties.length == 0 ? this : attribute(2, 0x00069005, list(properties));
  }

  /** A mail attached as such. */
  TnefBuilder message(String title, byte[] tnef) {
    attribute(2, 0x00069002, new byte[14]);
    attribute(2, 0x00018010, (title + '\0').getBytes(StandardCharsets.US_ASCII));
    byte[] object = property(0x0D, 0x3701, concat(MESSAGE_OBJECT, tnef));
    return attribute(2, 0x00069005, list(object));
  }

  static byte[] unicode(int id, String value) {
    return property(0x1F, id, (value + '\0').getBytes(StandardCharsets.UTF_16LE));
  }

  static byte[] binary(int id, byte[] value) {
    return property(0x102, id, value);
  }

  /** One with a name of its own and a number for a value. */
  static byte[] named(String name, int value) {
    byte[] text = (name + '\0').getBytes(StandardCharsets.UTF_16LE);
    return concat(
        number(0x80010003),
        new byte[16],
        number(1),
        number(text.length),
        padded(text),
        number(value));
  }

  /** One that has a number within a set of properties for a name. */
  static byte[] named(int set, int number, int type, byte[] value) {
    byte[] sized = type == 0x1F || type == 0x102 ? concat(number(1), number(value.length)) : value;
    byte[] content = sized == value ? value : concat(sized, padded(value));
    return concat(
        number(0x8002 << 16 | type), number(set), new byte[12], number(0), number(number), content);
  }

  static byte[] time(Instant time) {
    long ticks = (time.getEpochSecond() + 11_644_473_600L) * 10_000_000;
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(ticks).array();
  }

  static byte[] property(int type, int id, byte[] value) {
    return concat(number(id << 16 | type), number(1), number(value.length), padded(value));
  }

  TnefBuilder attribute(int level, int id, byte[] data) {
    int sum = 0;
    for (byte b : data) {
      sum += b & 0xFF;
    }
    int checksum = sum;
    write(
        ByteBuffer.allocate(11 + data.length),
        buffer ->
            buffer
                .put((byte) level)
                .putInt(id)
                .putInt(data.length)
                .put(data)
                .putShort((short) checksum));
    return this;
  }

  byte[] build() {
    return out.toByteArray();
  }

  /** A mail with that text beside it. */
  String mail(String text) {
    return """
        Content-Type: multipart/mixed; boundary=b

        --b
        Content-Type: text/plain

        %s
        --b
        Content-Type: application/ms-tnef; name="winmail.dat"
        Content-Transfer-Encoding: base64

        %s
        --b--
        """
        .formatted(text, Base64.getMimeEncoder().encodeToString(build()));
  }

  private static byte[] list(byte[]... properties) {
    return concat(number(properties.length), concat(properties));
  }

  private static byte[] padded(byte[] value) {
    return java.util.Arrays.copyOf(value, (value.length + 3) / 4 * 4);
  }

  static byte[] number(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private void write(ByteBuffer buffer, java.util.function.Consumer<ByteBuffer> content) {
    content.accept(buffer.order(ByteOrder.LITTLE_ENDIAN));
    out.writeBytes(buffer.array());
  }
}

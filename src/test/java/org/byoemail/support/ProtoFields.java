package org.byoemail.support;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The length-delimited fields of a protocol buffer message, by their numbers; others are skipped.
 */
final class ProtoFields {
  private final Map<Integer, List<byte[]>> fields = new HashMap<>();

  private ProtoFields(ByteBuffer in) {
    while (in.hasRemaining()) {
      long tag = varint(in);
      int number = (int) (tag >>> 3);
      switch ((int) (tag & 7)) {
        case 0 -> varint(in);
        case 1 -> in.getLong();
        case 2 -> {
          byte[] value = new byte[(int) varint(in)];
          in.get(value);
          fields.computeIfAbsent(number, key -> new ArrayList<>()).add(value);
        }
        case 5 -> in.getInt();
        default -> throw new IllegalArgumentException("no wire type: " + (tag & 7));
      }
    }
  }

  static ProtoFields of(byte[] message) {
    return new ProtoFields(ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN));
  }

  List<ProtoFields> messages(int number) {
    return fields.getOrDefault(number, List.of()).stream().map(ProtoFields::of).toList();
  }

  String text(int number) {
    return new String(first(number), StandardCharsets.UTF_8);
  }

  String hex(int number) {
    return HexFormat.of().formatHex(first(number));
  }

  private byte[] first(int number) {
    List<byte[]> values = fields.get(number);
    return values == null ? new byte[0] : values.get(0);
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}

package org.byoemail.format.tnef;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.byoemail.format.mail.ByteSlice;
import org.jspecify.annotations.Nullable;

/**
 * The properties in a TNEF attribute (MS-OXTNEF section 2.1.3.4) that have one value; those whose
 * name is a text are passed over.
 *
 * @param values by their id, or by what {@link #named} makes of their name
 * @param codePage what their 8-bit text is in
 */
record MapiProperties(Map<Long, Value> values, Charset codePage) {
  static final int BODY = 0x1000;
  static final int RTF = 0x1009;
  static final int HTML = 0x1013;
  static final int DISPLAY_NAME = 0x3001;
  static final int ATTACH_DATA = 0x3701;
  static final int ATTACH_FILE_NAME = 0x3704;
  static final int ATTACH_LONG_FILE_NAME = 0x3707;
  static final int ATTACH_TYPE = 0x370E;
  static final int ATTACH_CONTENT_ID = 0x3712;

  static final int MESSAGE_CLASS = 0x001A;
  static final int SUBJECT = 0x0037;
  static final int START = 0x0060;
  static final int END = 0x0061;
  static final int AUTHOR_TYPE = 0x0064;
  static final int AUTHOR_ADDRESS = 0x0065;

  private static final int STRING8 = 0x1E;
  private static final int UNICODE = 0x1F;
  private static final int OBJECT = 0x0D;
  private static final int BINARY = 0x102;
  private static final int MULTIPLE = 0x1000;
  private static final int NAMED = 0x8000;
  private static final int TIME = 0x40;

  /** Seconds from 1601, where Windows counts from, to 1970. */
  private static final long FROM_1601 = 11_644_473_600L;

  private static final long TICKS_PER_SECOND = 10_000_000;

  /** The year 4501, which stands for none. */
  private static final long NO_TIME = 0x0CB34557A3DD4000L;

  /** Stands for a name that is a text. */
  private static final long NO_NUMBER = -1;

  /** A value within the bytes it was found in. */
  record Value(int type, ByteSlice bytes) {
    boolean isObject() {
      return type == OBJECT;
    }
  }

  /** Reads as far as the bytes go: what is cut off or makes no sense ends it. */
  static MapiProperties read(ByteSlice source, Charset codePage) {
    Map<Long, Value> values = new HashMap<>();
    ByteBuffer in = source.littleEndian();
    if (in.remaining() >= 4) {
      in.getInt();
      while (property(in, source.data(), values)) {
        // Each takes at least eight bytes, whatever the number in front of them says.
      }
    }
    return new MapiProperties(values, codePage);
  }

  private static boolean property(ByteBuffer in, byte[] data, Map<Long, Value> values) {
    if (in.remaining() < 8) {
      return false;
    }
    int type = Short.toUnsignedInt(in.getShort());
    int id = Short.toUnsignedInt(in.getShort());
    OptionalLong key = id < NAMED ? OptionalLong.of(id) : name(in);
    if (key.isEmpty()) {
      return false;
    }
    boolean sized = isSized(type & ~MULTIPLE);
    int count = 1;
    if (sized || (type & MULTIPLE) != 0) {
      if (in.remaining() < 4) {
        return false;
      }
      count = in.getInt();
    }
    if (count != 1 && fixedLength(type & ~MULTIPLE) == 0) {
      // Values that take no bytes would not come to an end with them.
      return false;
    }
    for (int i = 0; i < count; i++) {
      ByteSlice value = value(in, data, type & ~MULTIPLE);
      if (value == null) {
        return false;
      }
      if (type < MULTIPLE && i == 0 && key.getAsLong() != NO_NUMBER) {
        values.putIfAbsent(key.getAsLong(), new Value(type, value));
      }
    }
    return count >= 0;
  }

  private static boolean isSized(int type) {
    return type == STRING8 || type == UNICODE || type == OBJECT || type == BINARY;
  }

  /**
   * What a property is called that has no id of its own.
   *
   * @param set the first four bytes of the id of the set of properties
   */
  static long named(int set, int number) {
    return (long) set << Integer.SIZE | number;
  }

  /** The name; {@link #NO_NUMBER} for a text, empty if it is cut off. */
  private static OptionalLong name(ByteBuffer in) {
    if (in.remaining() < 24) {
      return OptionalLong.empty();
    }
    int set = in.getInt();
    in.position(in.position() + 12);
    boolean byNumber = in.getInt() == 0;
    int number = in.getInt();
    if (byNumber) {
      return OptionalLong.of(set > 0 && number > 0 ? named(set, number) : NO_NUMBER);
    }
    return skip(in, number) ? OptionalLong.of(NO_NUMBER) : OptionalLong.empty();
  }

  private static boolean skip(ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) {
      return false;
    }
    int padded = length + (4 - length % 4) % 4;
    in.position(in.position() + Math.min(padded, in.remaining()));
    return true;
  }

  private static @Nullable ByteSlice value(ByteBuffer in, byte[] data, int type) {
    int length = fixedLength(type);
    if (isSized(type)) {
      if (in.remaining() < 4) {
        return null;
      }
      length = in.getInt();
    }
    int from = in.position();
    return length >= 0 && skip(in, length) ? new ByteSlice(data, from, from + length) : null;
  }

  /** How many bytes a value of that type has, or -1 if the type is unknown. */
  private static int fixedLength(int type) {
    return switch (type) {
      case 0x01 -> 0;
      case 0x02, 0x03, 0x04, 0x0A, 0x0B -> 4;
      case 0x05, 0x06, 0x07, 0x14, 0x40 -> 8;
      case 0x48 -> 16;
      default -> -1;
    };
  }

  Optional<Value> find(long id) {
    return Optional.ofNullable(values.get(id));
  }

  /** The point in time that a property holds. */
  Optional<Instant> time(long id) {
    return find(id)
        .filter(value -> value.type == TIME)
        .map(value -> value.bytes.littleEndian().getLong())
        .filter(ticks -> ticks > 0 && ticks < NO_TIME)
        .map(
            ticks ->
                Instant.ofEpochSecond(
                    ticks / TICKS_PER_SECOND - FROM_1601, ticks % TICKS_PER_SECOND * 100));
  }

  /** The number that a property holds, which is 1 for what is true. */
  Optional<Integer> number(long id) {
    return find(id)
        .filter(value -> fixedLength(value.type) == 4)
        .map(value -> value.bytes.littleEndian().getInt());
  }

  /** The text of a property; empty if it is missing or blank. */
  Optional<String> text(long id) {
    return find(id)
        .filter(value -> isSized(value.type))
        .map(
            value -> {
              Charset charset = value.type == UNICODE ? StandardCharsets.UTF_16LE : codePage;
              return value.bytes.text(charset).replace("\0", "").strip();
            })
        .filter(text -> !text.isEmpty());
  }
}

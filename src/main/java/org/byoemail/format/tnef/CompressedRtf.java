package org.byoemail.format.tnef;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.byoemail.format.mail.ByteSlice;

/** Unpacks compressed RTF (MS-OXRTFCP). Its checksum is not looked at. */
final class CompressedRtf {
  private static final int COMPRESSED = 0x75465A4C;
  private static final int PLAIN = 0x414C454D;
  private static final int HEADER = 16;
  private static final int DICTIONARY = 4096;

  /** What the dictionary holds at the start (section 2.1.2.1). */
  private static final byte[] PRELOADED =
      ("{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
              + "\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0"
              + "\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx")
          .getBytes(StandardCharsets.US_ASCII);

  private CompressedRtf() {}

  /** The RTF, as far as the bytes and the bound on its size go; empty if this is none. */
  static byte[] unpack(ByteSlice source, int maxBytes) {
    ByteBuffer in = source.littleEndian();
    if (in.remaining() < HEADER) {
      return new byte[0];
    }
    in.getLong();
    int form = in.getInt();
    in.getInt();
    if (form == PLAIN) {
      byte[] plain = new byte[Math.min(in.remaining(), maxBytes)];
      in.get(plain);
      return plain;
    }
    return form == COMPRESSED ? unpack(in, maxBytes) : new byte[0];
  }

  private static byte[] unpack(ByteBuffer in, int maxBytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] dictionary = new byte[DICTIONARY];
    System.arraycopy(PRELOADED, 0, dictionary, 0, PRELOADED.length);
    int write = PRELOADED.length;
    while (in.hasRemaining()) {
      int control = in.get();
      for (int bit = 0; bit < 8; bit++) {
        boolean reference = (control >> bit & 1) == 1;
        if (in.remaining() < (reference ? 2 : 1) || out.size() >= maxBytes) {
          return out.toByteArray();
        }
        int token = reference ? (in.get() & 0xFF) << 8 | in.get() & 0xFF : in.get();
        int read = token >> 4;
        if (reference && read == write) {
          return out.toByteArray();
        }
        int length = reference ? (token & 0xF) + 2 : 1;
        for (int i = 0; i < length; i++) {
          byte next = reference ? dictionary[(read + i) % DICTIONARY] : (byte) token;
          dictionary[write] = next;
          write = (write + 1) % DICTIONARY;
          out.write(next);
        }
      }
    }
    return out.toByteArray();
  }
}

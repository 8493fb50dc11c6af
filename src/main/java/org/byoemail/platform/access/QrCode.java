package org.byoemail.platform.access;

import com.google.zxing.WriterException;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import com.google.zxing.qrcode.encoder.ByteMatrix;
import com.google.zxing.qrcode.encoder.Encoder;

/**
 * A QR code as the path of an SVG picture inside the page: its text is a secret, which must not be
 * in the address of a picture.
 *
 * @param size the length of a side in modules, including the margin
 * @param path the dark modules
 */
public record QrCode(int size, String path) {
  /** ISO/IEC 18004 asks for a margin of four modules. */
  private static final int MARGIN = 4;

  /** The code of a text. */
  static QrCode of(String text) {
    ByteMatrix modules;
    try {
      modules = Encoder.encode(text, ErrorCorrectionLevel.M).getMatrix();
    } catch (WriterException e) {
      throw new IllegalStateException("a key URI is too long for a QR code", e);
    }
    StringBuilder path = new StringBuilder();
    for (int y = 0; y < modules.getHeight(); y++) {
      for (int x = 0; x < modules.getWidth(); x++) {
        if (modules.get(x, y) == 1) {
          path.append('M').append(x + MARGIN).append(' ').append(y + MARGIN).append("h1v1h-1z");
        }
      }
    }
    return new QrCode(modules.getWidth() + 2 * MARGIN, path.toString());
  }

  @Override
  public String toString() {
    return "QrCode[size=" + size + "]";
  }
}

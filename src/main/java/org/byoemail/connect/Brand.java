package org.byoemail.connect;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/** The operator's name, logo and colour, read once at the start. Immutable. */
@Component
class Brand {
  private static final int MAX_LOGO_BYTES = 200 << 10;
  private static final double LIGHT = 0.179;
  private static final Map<String, MediaType> TYPES =
      Map.of(
          "png",
          MediaType.IMAGE_PNG,
          "jpg",
          MediaType.IMAGE_JPEG,
          "jpeg",
          MediaType.IMAGE_JPEG,
          "webp",
          new MediaType("image", "webp"),
          "svg",
          new MediaType("image", "svg+xml"));

  private final String name;
  private final String css;
  private final byte @Nullable [] logo;
  private final @Nullable MediaType logoType;

  Brand(BrandSettings settings) {
    this.name = settings.name().strip();
    this.css = settings.colour().isEmpty() ? "" : css(settings.colour());
    if (settings.logo().isBlank()) {
      this.logo = null;
      this.logoType = null;
    } else {
      Path file = Path.of(settings.logo().strip());
      this.logoType = type(file);
      this.logo = read(file);
    }
  }

  /** Empty: the operator has set none. */
  String name() {
    return name;
  }

  boolean hasLogo() {
    return logo != null;
  }

  byte @Nullable [] logo() {
    return logo;
  }

  @Nullable MediaType logoType() {
    return logoType;
  }

  /** The style sheet behind the console's. */
  String css() {
    return css;
  }

  /** Text on the colour is black or white, whichever has more contrast (WCAG 2.2, 1.4.3). */
  private static String css(String colour) {
    String text = luminance(colour) > LIGHT ? "#000000" : "#ffffff";
    return """
        .brand { border-top: 4px solid %1$s; padding-top: 0.8rem; }
        .connect button.main, .connect .button.main { background: %1$s; border-color: %1$s; color: %2$s; }
        """
        .formatted(colour.toLowerCase(Locale.ROOT), text);
  }

  private static double luminance(String colour) {
    int rgb = Integer.parseInt(colour.substring(1), 16);
    return 0.2126 * linear(rgb >> 16 & 0xff)
        + 0.7152 * linear(rgb >> 8 & 0xff)
        + 0.0722 * linear(rgb & 0xff);
  }

  private static double linear(int channel) {
    double value = channel / 255.0;
    return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
  }

  private static MediaType type(Path file) {
    String path = file.toString().toLowerCase(Locale.ROOT);
    MediaType type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
    if (type == null) {
      throw new IllegalArgumentException(
          "byo.connect.brand.logo must end in .png, .jpg, .webp or .svg: " + file);
    }
    return type;
  }

  private static byte[] read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_LOGO_BYTES + 1);
      if (bytes.length > MAX_LOGO_BYTES) {
        throw new IllegalArgumentException(
            "byo.connect.brand.logo must have at most " + (MAX_LOGO_BYTES >> 10) + " KB: " + file);
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException("byo.connect.brand.logo cannot be read: " + file, e);
    }
  }
}

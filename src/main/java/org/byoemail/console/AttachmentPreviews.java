package org.byoemail.console;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.byoemail.platform.access.ResponseBudget;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.AttachmentReader;
import org.byoemail.platform.conversation.ContentStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.util.HtmlUtils;

/**
 * Previews of attachments for a sandboxed frame: the start of a text, or a picture, which is
 * decoded and re-encoded, so that no byte of the sender's file reaches the browser. Thread-safe.
 */
@Component
class AttachmentPreviews {
  /** The Content-Security-Policy of a preview. */
  static final String FRAME_POLICY =
      "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox";

  private static final Logger log = LoggerFactory.getLogger(AttachmentPreviews.class);
  private static final Set<String> PICTURES = Set.of("image/png", "image/jpeg", "image/gif");
  private static final long MAX_PICTURE_BYTES = 20 << 20;
  private static final long MAX_PIXELS = 40_000_000;

  /** The longer side of a preview, in pixels. */
  private static final int MAX_SIDE = 700;

  /** Pixels before and after the conversion, and the encoded picture as bytes and as text. */
  private static final long MEMORY = 16L * MAX_SIDE * MAX_SIDE;

  private static final String PAGE =
      "<!doctype html><html><head><meta charset=\"utf-8\"><title>Preview</title><style>"
          + "body{margin:8px;font:14px/1.5 sans-serif}pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}"
          + "img{max-width:100%%;max-height:calc(100vh - 16px)}</style></head><body>%s</body></html>";

  private final AttachmentReader reader;
  private final ContentStore contents;
  private final ResponseBudget budget;

  AttachmentPreviews(AttachmentReader reader, ContentStore contents, ResponseBudget budget) {
    this.reader = reader;
    this.contents = contents;
    this.budget = budget;
  }

  /** Whether an attachment of this type and size can have a preview. */
  static boolean isPreviewed(Attachment file) {
    return file.sha256() != null
        && (AttachmentReader.isText(file)
            || PICTURES.contains(file.mediaType()) && file.size() <= MAX_PICTURE_BYTES);
  }

  /**
   * The page with the preview; it says so if the file is not a picture that can be shown. Empty
   * unless previewed.
   *
   * @throws UncheckedIOException if the stored content cannot be read
   */
  Optional<String> page(Attachment file) {
    if (!isPreviewed(file)) {
      return Optional.empty();
    }
    String shown =
        AttachmentReader.isText(file) ? text(file) : budget.during(MEMORY, () -> picture(file));
    return Optional.of(PAGE.formatted(shown));
  }

  private String text(Attachment file) {
    try {
      AttachmentReader.Start start = reader.start(file);
      String shown = "<pre>" + HtmlUtils.htmlEscape(start.text(), "UTF-8") + "</pre>";
      return start.isWhole() ? shown : shown + "<p>There is more: download the file.</p>";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String picture(Attachment file) {
    try (InputStream stored = contents.open(Objects.requireNonNull(file.sha256()));
        ImageInputStream in = ImageIO.createImageInputStream(stored)) {
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      ImageIO.write(decoded(in, file.mediaType()), "png", png);
      return "<img alt=\"\" src=\"data:image/png;base64,%s\">"
          .formatted(Base64.getEncoder().encodeToString(png.toByteArray()));
    } catch (UnreadablePicture e) {
      log.info("attachment {} has no preview: {}", file.id(), e.toString());
      return "<p>This file cannot be shown. Download it instead.</p>";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The picture, with fewer pixels if it has many; its metadata, which may be large, is skipped.
   */
  private static BufferedImage decoded(ImageInputStream in, String type) throws UnreadablePicture {
    ImageReader decoder = ImageIO.getImageReadersByMIMEType(type).next();
    try {
      decoder.setInput(in, true, true);
      int width = decoder.getWidth(0);
      int height = decoder.getHeight(0);
      if ((long) width * height > MAX_PIXELS) {
        throw new UnreadablePicture("it has " + width + " x " + height + " pixels");
      }
      int every = (Math.max(width, height) + MAX_SIDE - 1) / MAX_SIDE;
      ImageReadParam fewer = decoder.getDefaultReadParam();
      fewer.setSourceSubsampling(every, every, 0, 0);
      return decoder.read(0, fewer);
    } catch (IOException | RuntimeException e) {
      // Decoders throw any exception for a file that is broken.
      throw new UnreadablePicture(e);
    } finally {
      decoder.dispose();
    }
  }

  private static final class UnreadablePicture extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadablePicture(String message) {
      super(message);
    }

    UnreadablePicture(Exception cause) {
      super(cause);
    }
  }
}

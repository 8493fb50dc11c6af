package org.byoemail.console;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.byoemail.platform.access.ResponseBudget;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.platform.conversation.TextAttachments;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.util.HtmlUtils;

/**
 * Previews of attachments for a sandboxed frame: the start of a text, or a picture, which is
 * decoded here and encoded anew, so that no byte of the sender's file reaches the browser.
 * Thread-safe.
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
          + "img{max-width:100%%}</style></head><body>%s</body></html>";

  private final TextAttachments texts;
  private final ContentStore contents;
  private final ResponseBudget budget;

  AttachmentPreviews(TextAttachments texts, ContentStore contents, ResponseBudget budget) {
    this.texts = texts;
    this.contents = contents;
    this.budget = budget;
  }

  /** Whether an attachment of this type and size can have a preview. */
  static boolean isPreviewed(Attachment file) {
    return file.sha256() != null
        && (TextAttachments.isText(file)
            || PICTURES.contains(TextAttachments.type(file)) && file.size() <= MAX_PICTURE_BYTES);
  }

  /** The page with the preview; it says so if the file cannot be read. Empty unless previewed. */
  Optional<String> page(Attachment file) {
    if (!isPreviewed(file)) {
      return Optional.empty();
    }
    String shown;
    try {
      shown =
          TextAttachments.isText(file)
              ? text(texts.start(file))
              : budget.during(MEMORY, () -> picture(file));
    } catch (IOException | RuntimeException e) {
      log.info("attachment {} has no preview: {}", file.id(), e.toString());
      shown = "<p>This file cannot be shown. Download it instead.</p>";
    }
    return Optional.of(PAGE.formatted(shown));
  }

  private static String text(TextAttachments.Start start) {
    String shown = "<pre>" + HtmlUtils.htmlEscape(start.text(), "UTF-8") + "</pre>";
    return start.isWhole() ? shown : shown + "<p>There is more: download the file.</p>";
  }

  private String picture(Attachment file) {
    try (InputStream stored = contents.open(Objects.requireNonNull(file.sha256()));
        ImageInputStream in = ImageIO.createImageInputStream(stored)) {
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      ImageIO.write(decoded(in, TextAttachments.type(file)), "png", png);
      return "<img alt=\"\" src=\"data:image/png;base64,%s\">"
          .formatted(Base64.getEncoder().encodeToString(png.toByteArray()));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The picture, with fewer pixels if it has many; its metadata, which may be large, is skipped.
   */
  private static BufferedImage decoded(ImageInputStream in, String type) throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByMIMEType(type);
    ImageReader reader = readers.next();
    try {
      reader.setInput(in, true, true);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      if ((long) width * height > MAX_PIXELS) {
        throw new IOException("it has " + width + " x " + height + " pixels");
      }
      int every = (Math.max(width, height) + MAX_SIDE - 1) / MAX_SIDE;
      ImageReadParam fewer = reader.getDefaultReadParam();
      fewer.setSourceSubsampling(every, every, 0, 0);
      return reader.read(0, fewer);
    } finally {
      reader.dispose();
    }
  }
}

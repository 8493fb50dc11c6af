package org.byoemail.platform.access;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.byoemail.format.mail.AsciiName;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.util.UriUtils;

/**
 * Answers with a stranger's file so that no browser shows or runs it: always as an attachment, its
 * type not guessed, and sandboxed should it be opened all the same.
 */
public final class Downloads {
  private static final String SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox";

  private Downloads() {}

  /**
   * The answer.
   *
   * @param name as the sender gave it
   * @param contentType as the sender gave it; anything but a media type becomes
   *     application/octet-stream
   * @param size in bytes; negative if it is not known
   * @param content closed when it was sent
   */
  public static ResponseEntity<Resource> answer(
      String name, String contentType, long size, InputStream content) {
    ResponseEntity.BodyBuilder answer =
        ResponseEntity.ok()
            .header(HttpHeaders.CONTENT_DISPOSITION, disposition(name))
            .header("X-Content-Type-Options", "nosniff")
            .header("Content-Security-Policy", SANDBOX)
            .contentType(type(contentType));
    return (size < 0 ? answer : answer.contentLength(size)).body(new InputStreamResource(content));
  }

  // RFC 6266 section 4.3 and appendix D: an ASCII form first, for what does not read the other.
  private static String disposition(String name) {
    String ascii = AsciiName.of(name);
    String quoted = "attachment; filename=\"" + ascii + '"';
    return ascii.equals(name)
        ? quoted
        : quoted + "; filename*=UTF-8''" + UriUtils.encode(name, StandardCharsets.UTF_8);
  }

  private static MediaType type(String contentType) {
    try {
      MediaType type = MediaType.parseMediaType(contentType);
      return type.isConcrete() ? type : MediaType.APPLICATION_OCTET_STREAM;
    } catch (InvalidMediaTypeException e) {
      return MediaType.APPLICATION_OCTET_STREAM;
    }
  }
}

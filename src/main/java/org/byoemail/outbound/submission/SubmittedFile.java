package org.byoemail.outbound.submission;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file of a submission: its bytes, or the id of one uploaded before.
 *
 * @param upload the id of the uploaded one; null if the bytes are here
 * @param name its name; null only where it is the uploaded one's
 * @param contentType its media type; null only where it is the uploaded one's
 * @param contentId what {@code cid:} in the HTML refers to; null if it is attached
 * @param content its bytes, never changed; null if it was uploaded
 */
public record SubmittedFile(
    @Nullable UUID upload,
    @Nullable String name,
    @Nullable String contentType,
    @Nullable String contentId,
    byte @Nullable [] content) {

  @Override
  public String toString() {
    return "SubmittedFile["
        + name
        + ", "
        + contentType
        + ", "
        + (content == null ? "upload " + upload : content.length + " bytes")
        + "]";
  }
}

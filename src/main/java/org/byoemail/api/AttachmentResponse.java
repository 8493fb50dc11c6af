package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.UUID;
import org.byoemail.platform.conversation.Attachment;
import org.jspecify.annotations.Nullable;

/** An attachment in a response. */
@Schema(name = "Attachment")
record AttachmentResponse(
    UUID id,
    String name,
    String contentType,
    long size,
    boolean inline,
    @Nullable String contentId,
    @Nullable @Schema(description = "why it was not kept") String rejected) {

  static AttachmentResponse of(Attachment attachment) {
    return new AttachmentResponse(
        attachment.id(),
        attachment.name(),
        attachment.contentType(),
        attachment.size(),
        attachment.inline(),
        attachment.contentId(),
        attachment.rejected());
  }
}

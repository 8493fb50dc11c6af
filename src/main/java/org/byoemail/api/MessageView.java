package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A message as an agent reads it: what is new in it, as text, in bounded pieces. */
@Schema(name = "MessageView")
record MessageView(
    UUID id,
    UUID conversation,
    String direction,
    @Schema(description = "whom it claims to be from") String from,
    @Nullable String fromName,
    @Nullable
        @Schema(
            description =
                "whether from is true: authentic, forged, unproven or undecided; null if it was not"
                    + " judged, and for outbound messages")
        String verdict,
    @Schema(description = "the first 100 addresses") List<String> to,
    String subject,
    Instant createdAt,
    @Schema(description = "without what it quotes; never HTML") String text,
    @Nullable @Schema(description = "the `from` of the next piece; null: this is the end")
        Integer next,
    @Schema(
            description =
                "whether the message has more text than views have; no text at all if it is HTML that"
                    + " is too long to tell what of it is hidden")
        boolean truncated,
    @Schema(description = "with the first piece only") List<AttachmentView> attachments,
    @Schema(description = "whether there are more attachments") boolean moreAttachments) {

  /** An attachment with its text. */
  @Schema(name = "AttachmentView")
  record AttachmentView(
      UUID id,
      String name,
      String contentType,
      long size,
      @Nullable @Schema(description = "why it was not kept") String rejected,
      @Nullable
          @Schema(
              description =
                  "of plain text, CSV, iCalendar, JSON, Markdown and HTML, and (if switched on) of"
                      + " the first two PDF and office documents; null for other types, and if the"
                      + " view has no more room")
          String text,
      @Schema(
              description =
                  "whether there is more; text is empty for HTML of more than 65,536 bytes, in which"
                      + " hidden text cannot be recognized")
          boolean textTruncated) {}

  /** The messages of a conversation, the oldest first. */
  @Schema(name = "ConversationView")
  record ConversationView(
      UUID id,
      UUID agent,
      String subject,
      List<MessageView> messages,
      @Nullable @Schema(description = "the `cursor` of the next page; null on the last one")
          String next) {}
}

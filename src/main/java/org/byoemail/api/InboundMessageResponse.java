package org.byoemail.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.calendar.Invitation;
import org.byoemail.inbound.ingest.InboxEntry;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Message;
import org.jspecify.annotations.Nullable;

/**
 * An inbound message, with what is known of its mail.
 *
 * @param newText the text without what it quotes, of its first 65,536 characters; null where that
 *     is switched off
 * @param newTextTruncated whether the text is longer than that
 * @param authentication pass, fail or none: From can be forged, so look here before acting on it
 * @param autoSubmitted auto-generated, auto-replied or list where a machine sent it: do not answer
 *     those; null for a person's
 * @param kind none, auto-reply, or mdn for a receipt
 * @param possibleDuplicate whether it may have been taken in before, since its server has numbered
 *     the folder anew
 * @param invitation what its calendar says; null for a mail that is about no event
 */
@Schema(name = "InboundMessage")
record InboundMessageResponse(
    @JsonUnwrapped MessageContent mail,
    @Nullable String newText,
    boolean newTextTruncated,
    UUID account,
    String status,
    @Nullable String reason,
    String authentication,
    @Nullable String autoSubmitted,
    @Nullable String kind,
    boolean possibleDuplicate,
    @Nullable InvitationResponse invitation,
    long size,
    @Nullable Instant receivedAt) {

  static InboundMessageResponse of(
      Message message,
      List<Attachment> attachments,
      InboxEntry item,
      @Nullable String newText,
      @Nullable Invitation invitation,
      StreamedText.Source texts) {
    return new InboundMessageResponse(
        MessageContent.of(message, attachments, texts),
        newText,
        newText != null && StreamedText.isTruncated(message.text()),
        item.account().value(),
        item.status().word(),
        item.reason(),
        item.authentication().word(),
        item.autoSubmitted(),
        item.kind(),
        item.possibleDuplicate(),
        InvitationResponse.of(invitation),
        item.size(),
        item.receivedAt());
  }
}

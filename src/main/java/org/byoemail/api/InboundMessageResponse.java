package org.byoemail.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.calendar.Invitation;
import org.byoemail.inbound.ingest.InboxEntry;
import org.byoemail.inbound.ingest.Screening;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Message;
import org.jspecify.annotations.Nullable;

/**
 * An inbound message with the properties of its mail.
 *
 * @param type what distinguishes it from other messages
 * @param newText the first 65,536 characters of the text without quotations; null if switched off
 * @param newTextTruncated whether the text is longer than that
 * @param recipient the address of the account that the mail was sent to, from the envelope if the
 *     server recorded it; null if unknown
 * @param recipientTag the tag after the + in the recipient; null if absent
 * @param authentication pass, fail or none: what Authentication-Results says, whether or not its
 *     server is trusted; {@code sender} has the verdict
 * @param sender whether From is true: check this before acting on it; null if it was not judged
 * @param autoSubmitted auto-generated, auto-replied or list for mail of a machine, which is not to
 *     be answered; null for a person's
 * @param kind none, auto-reply, or mdn for a receipt
 * @param possibleDuplicate whether the mail may have been ingested before, because the UIDVALIDITY
 *     of its folder has changed
 * @param afterRestore whether the mail was received before a restore of the database and ingested
 *     after it: it may have been ingested before
 * @param invitation in the calendar of the mail; null if absent
 * @param plainText the first 65,536 characters of the plain part if the mail also has HTML, whose
 *     visible text is {@code text}; null otherwise
 * @param preheader the hidden first words of the HTML, which mail clients show as a preview; null
 *     if there are none
 * @param hiddenText text of the mail that a person does not see
 * @param findings suspicious content of the mail
 */
@Schema(name = "InboundMessage")
record InboundMessageResponse(
    @Schema(allowableValues = InboundMessageResponse.TYPE) String type,
    @JsonUnwrapped MessageContent mail,
    @Nullable String newText,
    boolean newTextTruncated,
    UUID account,
    @Nullable String recipient,
    @Nullable String recipientTag,
    @Schema(allowableValues = {"ingested", "report", "refused", "duplicate", "quarantined", "held"})
        String status,
    @Nullable String reason,
    @Schema(allowableValues = {"pass", "fail", "none"}) String authentication,
    @Nullable SenderResponse sender,
    @Nullable String autoSubmitted,
    @Nullable String kind,
    boolean possibleDuplicate,
    boolean afterRestore,
    @Nullable InvitationResponse invitation,
    @Nullable String plainText,
    @Nullable String preheader,
    List<HiddenTextResponse> hiddenText,
    List<FindingResponse> findings,
    long size,
    @Nullable Instant receivedAt,
    List<String> labels)
    implements MessageResponse {
  static final String TYPE = "inbound_message";

  /** A text that a person does not see. */
  @Schema(name = "HiddenText")
  record HiddenTextResponse(
      @Schema(
              description =
                  "display, visibility, opacity, font-size, color, off-screen, clipped, markup,"
                      + " details, comment, mso, plain-part, characters, tag-characters,"
                      + " invisible-data or reordered")
          String source,
      String text) {
    private static HiddenTextResponse of(Screening.Hidden hidden) {
      return new HiddenTextResponse(hidden.source(), hidden.text());
    }
  }

  /** Something suspicious. */
  @Schema(name = "Finding")
  record FindingResponse(
      @Schema(
              description =
                  "hidden-instructions, plain-part-differs, tag-characters, invisible-data,"
                      + " reordered-text, link-mismatch, lookalike-sender, forged-sender, script,"
                      + " form, encrypted-archive, executable, macro-file, double-extension,"
                      + " type-mismatch, first-contact, reply-to-elsewhere or partly-read")
          String kind,
      @Schema(description = "info, warning or serious") String severity,
      @Schema(description = "What shows it; written by a stranger") String evidence) {
    private static FindingResponse of(Screening.Found found) {
      return new FindingResponse(found.kind(), found.severity(), found.evidence());
    }
  }

  static InboundMessageResponse of(
      Message message,
      List<Attachment> attachments,
      InboxEntry item,
      @Nullable String newText,
      @Nullable Invitation invitation,
      Screening screening,
      List<String> labels,
      StreamedText.Source texts) {
    return new InboundMessageResponse(
        TYPE,
        MessageContent.of(message, attachments, texts),
        newText,
        newText != null && StreamedText.isTruncated(message.text()),
        item.account().value(),
        item.recipient(),
        item.recipientTag(),
        item.status().word(),
        item.reason(),
        item.authentication().word(),
        SenderResponse.of(item.judged()),
        item.autoSubmitted(),
        item.kind(),
        item.possibleDuplicate(),
        item.afterRestore(),
        InvitationResponse.of(invitation),
        screening.plainText(),
        screening.preheader(),
        screening.hidden().stream().map(HiddenTextResponse::of).toList(),
        screening.findings().stream().map(FindingResponse::of).toList(),
        item.size(),
        item.receivedAt(),
        labels);
  }
}

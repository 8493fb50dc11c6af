package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.byoemail.format.authentication.SenderVerdict.Proofs;
import org.byoemail.inbound.ingest.StoredSenderVerdict;
import org.jspecify.annotations.Nullable;

/** Whether the sender of an inbound mail is who it says, and what shows it. */
@Schema(name = "Sender")
record SenderResponse(
    @Schema(description = "authentic, forged, unproven or undecided") String verdict,
    @Nullable @Schema(description = "dkim, server or inside; null if nobody vouches for it")
        String source,
    @Nullable String reason,
    @Nullable
        @Schema(
            description =
                "answers-ours, trusted-way or released: why it was let in although its sender is"
                    + " not proven")
        String letIn,
    List<FactResponse> facts,
    @Schema(description = "domains whose signatures passed and cover what is read")
        List<String> signers,
    @Nullable @Schema(description = "envelope domain for which the server says spf=pass")
        String envelope,
    @Nullable @Schema(description = "List-Id; anybody can write one") String list) {

  /** A fact. */
  @Schema(name = "SenderFact")
  record FactResponse(
      @Schema(description = "dkim, server, from, reply-to, list, forwarded or dns") String kind,
      String detail) {}

  static @Nullable SenderResponse of(@Nullable StoredSenderVerdict judged) {
    if (judged == null) {
      return null;
    }
    Proofs proofs = judged.found().proofs();
    return new SenderResponse(
        judged.verdict(),
        judged.source(),
        judged.reason(),
        judged.letIn(),
        judged.found().facts().stream()
            .map(fact -> new FactResponse(fact.kind(), fact.detail()))
            .toList(),
        proofs.signers(),
        proofs.envelope().isEmpty() ? null : proofs.envelope(),
        proofs.list().isEmpty() ? null : proofs.list());
  }
}

package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ProblemDetail;

/**
 * What became of the submissions of a batch.
 *
 * @param results one for each, in the same order
 */
record SubmittedBatch(List<Item> results) {

  /**
   * What became of one submission.
   *
   * @param status of the response if it had been submitted alone
   */
  @Schema(name = "SubmittedItem")
  record Item(
      @Schema(description = "its place in the batch, from 0") int index,
      @Schema(description = "the producer's own, or the one that was made for it")
          @Nullable String id,
      @Schema(allowableValues = {"accepted", "replayed", "rejected", "failed"}) String outcome,
      @Schema(description = "the status if it had been submitted alone") int status,
      @Schema(description = "the gateway's") @Nullable UUID messageId,
      @Schema(ref = "#/components/schemas/Problem") @Nullable ProblemDetail problem) {}
}

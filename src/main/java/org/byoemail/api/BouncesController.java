package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.format.report.BounceReason;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.outbound.bounce.Bounce;
import org.byoemail.outbound.bounce.BounceFilter;
import org.byoemail.outbound.bounce.Bounces;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.access.ResponseBudget;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Delivery reports, complaints and receipts. */
@RestController
@RequestMapping("/api/v1/bounces")
@Tag(name = "bounces")
class BouncesController {
  /** 200 bounces, each with two texts of 4,000 characters. */
  private static final long PAGE_BYTES = 4 << 20;

  private final Bounces bounces;
  private final ResponseBudget budget;

  BouncesController(Bounces bounces, ResponseBudget budget) {
    this.budget = budget;
    this.bounces = bounces;
  }

  @GetMapping
  @Operation(operationId = "listBounces", summary = "List bounces")
  Page<BounceResponse> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable UUID account,
      @RequestParam(required = false) @Nullable UUID message,
      @RequestParam(required = false) @Nullable String kind,
      @RequestParam(required = false) @Nullable String reason,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    budget.take(PAGE_BYTES);
    int rows = RequestParams.limit(limit);
    BounceFilter filter =
        new BounceFilter(
            RequestParams.organization(caller, organization),
            caller.scope(),
            account == null ? null : new AccountId(account),
            StoredMessageId.ofNullable(message),
            kind,
            reason(reason));
    return Page.of(
        bounces.list(filter, RequestParams.cursor(cursor), rows + 1),
        rows,
        Bounce::id,
        BounceResponse::of);
  }

  @GetMapping("/{id}")
  @Operation(operationId = "getBounce", summary = "Get a bounce")
  BounceResponse get(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return bounces
        .find(caller.organization(), caller.scope(), id)
        .map(BounceResponse::of)
        .orElseThrow(() -> new ResourceNotFound("bounce"));
  }

  private static @Nullable BounceReason reason(@Nullable String word) {
    return word == null
        ? null
        : BounceReason.of(word)
            .orElseThrow(() -> new FieldsRefused("reason", "is not a reason of a bounce"));
  }
}

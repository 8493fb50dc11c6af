package org.byoemail.api;

import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Arrays;
import java.util.UUID;
import org.byoemail.access.AnswerBudget;
import org.byoemail.access.Caller;
import org.byoemail.bounce.Bounce;
import org.byoemail.bounce.BounceFilter;
import org.byoemail.bounce.BounceReason;
import org.byoemail.bounce.Bounces;
import org.byoemail.mail.AccountId;
import org.byoemail.setup.FieldsRefused;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What delivery reports, complaints and receipts said. */
@RestController
@RequestMapping("/api/v1/bounces")
@Tag(name = "bounces")
class BouncesController {
  /** 200 with two texts of 4,000 characters. */
  private static final long ONE_PAGE = 4 << 20;

  private final Bounces bounces;
  private final AnswerBudget budget;

  BouncesController(Bounces bounces, AnswerBudget budget) {
    this.budget = budget;
    this.bounces = bounces;
  }

  @GetMapping
  Page<BounceJson> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable UUID account,
      @RequestParam(required = false) @Nullable UUID message,
      @RequestParam(required = false) @Nullable String kind,
      @RequestParam(required = false) @Nullable String reason,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    budget.take(ONE_PAGE);
    int rows = Asked.limit(limit);
    BounceFilter filter =
        new BounceFilter(
            Organizations.of(caller, organization),
            account == null ? null : new AccountId(account),
            message,
            kind,
            reason(reason));
    return Page.of(
        bounces.list(filter, Asked.cursor(cursor), rows + 1), rows, Bounce::id, BounceJson::of);
  }

  @GetMapping("/{id}")
  BounceJson get(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return bounces
        .find(caller.organization(), id)
        .map(BounceJson::of)
        .orElseThrow(() -> new NotThere("bounce"));
  }

  private static @Nullable BounceReason reason(@Nullable String word) {
    return word == null
        ? null
        : Arrays.stream(BounceReason.values())
            .filter(one -> one.word().equals(word))
            .findFirst()
            .orElseThrow(() -> new FieldsRefused("reason", "is none that a bounce can have"));
  }
}

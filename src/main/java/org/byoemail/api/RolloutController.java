package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.UUID;
import org.byoemail.account.rollout.AccountRollout;
import org.byoemail.account.rollout.Rollout;
import org.byoemail.account.rollout.RolloutState;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Which accounts are used, and why: the flag BYO_EMAIL_ENABLED. */
@RestController
@RequestMapping("/api/v1/rollout")
@Tag(name = "rollout")
class RolloutController {
  private final Rollout rollout;

  RolloutController(Rollout rollout) {
    this.rollout = rollout;
  }

  /** The state over all accounts. */
  @Schema(name = "Rollout")
  record RolloutResponse(
      @Nullable
          @Schema(
              description = "`settings`, `flag file`, or the name of another OpenFeature provider")
          String provider,
      @Nullable @Schema(description = "the node that evaluates the flag") String node,
      @Nullable Instant evaluatedAt,
      @Nullable
          @Schema(description = "why the provider fails; accounts keep their last values meanwhile")
          String failure,
      @Nullable Instant failingSince,
      long accounts,
      @Schema(description = "accounts that are used for sending") long sending,
      @Schema(description = "accounts that are used for receiving") long receiving) {

    static RolloutResponse of(RolloutState state) {
      return new RolloutResponse(
          state.provider(),
          state.node(),
          state.evaluatedAt(),
          state.failure(),
          state.failingSince(),
          state.accounts(),
          state.sending(),
          state.receiving());
    }
  }

  /** Whether an account is used for one side. */
  @Schema(name = "RolloutSide")
  record SideResponse(boolean on, @Schema(example = "among the 10 %") String why, Instant since) {

    static SideResponse of(AccountRollout.Value value) {
      return new SideResponse(value.on(), value.why(), value.since());
    }
  }

  /** Both sides of an account. */
  @Schema(name = "RolloutSides")
  record SidesResponse(SideResponse sending, SideResponse receiving) {

    static @Nullable SidesResponse of(@Nullable AccountRollout rollout) {
      return rollout == null
          ? null
          : new SidesResponse(
              SideResponse.of(rollout.sending()), SideResponse.of(rollout.receiving()));
    }
  }

  /** What an account is used for. */
  @Schema(name = "AccountRollout")
  record AccountRolloutResponse(
      UUID account,
      String organization,
      String address,
      SideResponse sending,
      SideResponse receiving) {

    static AccountRolloutResponse of(AccountRollout rollout) {
      return new AccountRolloutResponse(
          rollout.account().value(),
          rollout.organization().value(),
          rollout.address(),
          SideResponse.of(rollout.sending()),
          SideResponse.of(rollout.receiving()));
    }
  }

  @GetMapping
  @Operation(
      operationId = "getRollout",
      summary = "Get the state of the rollout flag",
      description =
          "How many accounts are used, and which node evaluates the flag BYO_EMAIL_ENABLED by which"
              + " provider. For keys of all organizations.")
  RolloutResponse get(@AuthenticationPrincipal Caller caller) {
    RequestParams.requireAllOrganizations(caller);
    return RolloutResponse.of(rollout.state());
  }

  @GetMapping("/accounts")
  @Operation(
      operationId = "listAccountRollouts",
      summary = "List the accounts with their rollout",
      description =
          "What each account is used for, and why. An account that was not evaluated yet is left"
              + " out: it is not used.")
  Page<AccountRolloutResponse> accounts(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization,
      @Parameter(description = "only accounts that are used for at least one side, or for none")
          @RequestParam(required = false)
          @Nullable Boolean on,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int rows = RequestParams.limit(limit);
    return Page.of(
        rollout.list(
            RequestParams.organization(caller, organization),
            on,
            RequestParams.cursor(cursor),
            rows + 1),
        rows,
        each -> each.account().value(),
        AccountRolloutResponse::of);
  }
}

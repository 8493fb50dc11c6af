package org.byoemail.account.rollout;

import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.EventProvider;
import dev.openfeature.sdk.Metadata;
import dev.openfeature.sdk.ProviderEvaluation;
import dev.openfeature.sdk.ProviderEventDetails;
import dev.openfeature.sdk.Reason;
import dev.openfeature.sdk.Value;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * The OpenFeature provider of the gateway's own settings: the environment, or a flag file, which is
 * read again when it changes. While the file is invalid, its last valid content applies.
 * Thread-safe.
 */
final class ConfiguredProvider extends EventProvider {
  private final @Nullable FlagFile file;
  private volatile RolloutRules rules;
  private volatile @Nullable String failure;

  /**
   * @throws FlagRefused if there is a flag file that cannot be used
   */
  ConfiguredProvider(RolloutSettings settings) {
    this.rules = settings.rules();
    if (settings.flagFile() == null) {
      this.file = null;
      return;
    }
    this.file = new FlagFile(settings.flagFile());
    try {
      RolloutRules read = file.changed();
      if (read != null) {
        this.rules = read;
      }
    } catch (FlagFile.Invalid e) {
      throw new FlagRefused(
          "BYO_EMAIL_FLAG_FILE: " + e.getMessage(),
          "Correct the file, or unset the variable (docs/rollout.md).",
          e);
    }
  }

  /** Reads the file again. Called by one thread. */
  void refresh() {
    if (file == null) {
      return;
    }
    try {
      RolloutRules read = file.changed();
      boolean recovered = failure != null;
      failure = null;
      if (read != null) {
        rules = read;
        emitProviderConfigurationChanged(ProviderEventDetails.builder().build());
      } else if (recovered) {
        emitProviderReady(ProviderEventDetails.builder().build());
      }
    } catch (FlagFile.Invalid e) {
      boolean known = failure != null;
      failure = String.valueOf(e.getMessage());
      if (!known) {
        emitProviderError(ProviderEventDetails.builder().message(failure).build());
      }
    }
  }

  /** Why the present content of the file does not apply; null: it does. */
  @Nullable String failure() {
    return failure;
  }

  @Override
  public Metadata getMetadata() {
    return () -> file == null ? "settings" : "flag file";
  }

  @Override
  public ProviderEvaluation<Boolean> getBooleanEvaluation(
      String key, Boolean defaultValue, EvaluationContext context) {
    if (!key.equals(EnabledFlag.KEY)) {
      return ProviderEvaluation.<Boolean>builder()
          .value(defaultValue)
          .reason(Reason.ERROR.name())
          .errorCode(ErrorCode.FLAG_NOT_FOUND)
          .build();
    }
    RolloutTarget target =
        new RolloutTarget(
            UUID.fromString(context.getTargetingKey()),
            UUID.fromString(context.getValue("agent").asString()),
            new OrganizationId(context.getValue("organization").asString()),
            context.getValue("address").asString());
    boolean sending = RolloutSide.SENDING.word().equals(context.getValue("side").asString());
    RolloutDecision decision =
        rules.decide(target, sending ? RolloutSide.SENDING : RolloutSide.RECEIVING);
    return ProviderEvaluation.<Boolean>builder()
        .value(decision.on())
        .variant(decision.why())
        .reason(Reason.TARGETING_MATCH.name())
        .build();
  }

  @Override
  public ProviderEvaluation<String> getStringEvaluation(
      String key, String defaultValue, EvaluationContext context) {
    return mismatch(defaultValue);
  }

  @Override
  public ProviderEvaluation<Integer> getIntegerEvaluation(
      String key, Integer defaultValue, EvaluationContext context) {
    return mismatch(defaultValue);
  }

  @Override
  public ProviderEvaluation<Double> getDoubleEvaluation(
      String key, Double defaultValue, EvaluationContext context) {
    return mismatch(defaultValue);
  }

  @Override
  public ProviderEvaluation<Value> getObjectEvaluation(
      String key, Value defaultValue, EvaluationContext context) {
    return mismatch(defaultValue);
  }

  private static <T> ProviderEvaluation<T> mismatch(T defaultValue) {
    return ProviderEvaluation.<T>builder()
        .value(defaultValue)
        .reason(Reason.ERROR.name())
        .errorCode(ErrorCode.TYPE_MISMATCH)
        .build();
  }
}

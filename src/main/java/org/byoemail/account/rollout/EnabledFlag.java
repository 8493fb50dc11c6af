package org.byoemail.account.rollout;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.FeatureProvider;
import dev.openfeature.sdk.FlagEvaluationDetails;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.OpenFeatureAPI;
import dev.openfeature.sdk.ProviderState;
import dev.openfeature.sdk.Reason;
import dev.openfeature.sdk.Value;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import org.springframework.util.ClassUtils;

/**
 * The flag {@code BYO_EMAIL_ENABLED}, evaluated through OpenFeature by the operator's provider or
 * by our own. The targeting key is the account's id, so that a provider's percentage is stable per
 * account. Thread-safe.
 */
@Component
class EnabledFlag implements DisposableBean {
  static final String KEY = "BYO_EMAIL_ENABLED";

  private static final Duration MAX_START = Duration.ofSeconds(10);

  private final boolean byDefault;
  private final FeatureProvider provider;
  private final OpenFeatureAPI api = OpenFeatureAPI.createIsolated();
  private final AtomicBoolean changed = new AtomicBoolean(true);
  private @Nullable Client client;
  private long startedNanos;
  private volatile @Nullable String failure;

  @Autowired
  EnabledFlag(RolloutSettings settings) {
    this(settings, FlagProviders.of(settings, ClassUtils.getDefaultClassLoader()));
  }

  EnabledFlag(RolloutSettings settings, FeatureProvider provider) {
    this.byDefault = settings.enabled();
    this.provider = provider;
  }

  /** Whether evaluations are decided here, without a call of anything outside. */
  boolean isLocal() {
    return provider instanceof ConfiguredProvider;
  }

  /** The name of the provider. */
  String provider() {
    return String.valueOf(provider.getMetadata().getName());
  }

  /** Initializes the provider; any other than ours does that in the background. */
  synchronized void start() {
    if (client != null) {
      return;
    }
    api.onProviderConfigurationChanged(details -> changed.set(true));
    api.onProviderReady(details -> changed.set(true));
    if (isLocal()) {
      api.setProviderAndWait(provider);
    } else {
      api.setProvider(provider);
    }
    client = api.getClient();
    startedNanos = System.nanoTime();
  }

  /** Whether the provider may still get ready: until then nothing is evaluated. */
  synchronized boolean isInitializing() {
    return client != null
        && client.getProviderState() == ProviderState.NOT_READY
        && System.nanoTime() - startedNanos < MAX_START.toNanos();
  }

  /** Reads the flag file again; returns whether values may have changed since the last call. */
  boolean refresh() {
    if (provider instanceof ConfiguredProvider own) {
      own.refresh();
      failure = own.failure();
    }
    return changed.getAndSet(false);
  }

  /** The values may have changed, because they could not be stored. */
  void evaluateAgain() {
    changed.set(true);
  }

  /** Forgets failures before a round of evaluations. */
  void beginRound() {
    failure = provider instanceof ConfiguredProvider own ? own.failure() : null;
  }

  /** Why the provider failed last; null: it works. */
  @Nullable String failure() {
    return failure;
  }

  /** The value where the provider has failed and there is no earlier one. */
  RolloutDecision byDefault() {
    return new RolloutDecision(
        byDefault, "default, because the provider fails: " + KEY + "=" + byDefault);
  }

  /**
   * Evaluates one side of an account.
   *
   * @return empty if the provider failed
   */
  Optional<RolloutDecision> evaluate(RolloutTarget target, RolloutSide side) {
    Client evaluating;
    synchronized (this) {
      evaluating = client;
    }
    if (evaluating == null) {
      return Optional.empty();
    }
    FlagEvaluationDetails<Boolean> result =
        evaluating.getBooleanDetails(
            KEY,
            byDefault,
            new ImmutableContext(
                target.account().toString(),
                Map.of(
                    "organization", new Value(target.organization().value()),
                    "agent", new Value(target.agent().toString()),
                    "account", new Value(target.account().toString()),
                    "address", new Value(target.address()),
                    "side", new Value(side.word()))));
    if (result.getErrorCode() != null || Reason.ERROR.name().equals(result.getReason())) {
      String words = result.getErrorMessage();
      failure = result.getErrorCode() + (words == null ? "" : ": " + words);
      return Optional.empty();
    }
    String reason = result.getVariant();
    if (!isLocal()) {
      reason = result.getReason() + (reason == null ? "" : " " + reason);
    }
    return Optional.of(new RolloutDecision(result.getValue(), String.valueOf(reason)));
  }

  @Override
  public void destroy() {
    api.shutdown();
  }
}

package org.byoemail.account.rollout;

import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.EventProvider;
import dev.openfeature.sdk.Metadata;
import dev.openfeature.sdk.ProviderEvaluation;
import dev.openfeature.sdk.ProviderEventDetails;
import dev.openfeature.sdk.Value;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** A provider as others write them; a test says what it answers. */
public final class ScriptedProvider extends EventProvider {
  private final List<EvaluationContext> asked = new CopyOnWriteArrayList<>();
  private volatile Predicate<EvaluationContext> answer = context -> true;

  /** Answers like this from now on, and tells those who listen. */
  void answer(Predicate<EvaluationContext> answer) {
    this.answer = answer;
    emitProviderConfigurationChanged(ProviderEventDetails.builder().build()).await();
  }

  /** Fails from now on, in silence. */
  void fail() {
    this.answer =
        context -> {
          throw new IllegalStateException("flag server is away");
        };
  }

  List<EvaluationContext> asked() {
    return asked;
  }

  @Override
  public Metadata getMetadata() {
    return () -> "scripted";
  }

  @Override
  public ProviderEvaluation<Boolean> getBooleanEvaluation(
      String key, Boolean defaultValue, EvaluationContext context) {
    asked.add(context);
    return ProviderEvaluation.<Boolean>builder()
        .value(answer.test(context))
        .variant("rule 1")
        .reason("SPLIT")
        .build();
  }

  @Override
  public ProviderEvaluation<String> getStringEvaluation(
      String key, String defaultValue, EvaluationContext context) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ProviderEvaluation<Integer> getIntegerEvaluation(
      String key, Integer defaultValue, EvaluationContext context) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ProviderEvaluation<Double> getDoubleEvaluation(
      String key, Double defaultValue, EvaluationContext context) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ProviderEvaluation<Value> getObjectEvaluation(
      String key, Value defaultValue, EvaluationContext context) {
    throw new UnsupportedOperationException();
  }
}

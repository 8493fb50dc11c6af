package org.byoemail.account.rollout;

import dev.openfeature.sdk.FeatureProvider;
import java.util.List;
import java.util.ServiceLoader;

/** Finds the OpenFeature provider among the operator's own jars. */
final class FlagProviders {
  private static final String REMEDY =
      "Put the provider's jar and its dependencies into own-lib, or unset the variable"
          + " (docs/rollout.md).";

  private FlagProviders() {}

  /**
   * The provider that a setting names, else the one that a jar registers as a service, else that of
   * the settings.
   *
   * @throws FlagRefused if it cannot be used
   */
  static FeatureProvider of(RolloutSettings settings, ClassLoader jars) {
    if (settings.flagProvider() != null && !settings.flagProvider().isBlank()) {
      return named(settings.flagProvider().strip(), jars);
    }
    if (settings.flagFile() != null) {
      return new ConfiguredProvider(settings);
    }
    List<ServiceLoader.Provider<FeatureProvider>> registered =
        ServiceLoader.load(FeatureProvider.class, jars).stream().toList();
    if (registered.size() > 1) {
      throw new FlagRefused(
          "Several OpenFeature providers are in own-lib: "
              + registered.stream().map(each -> each.type().getName()).sorted().toList(),
          "Name one of them in BYO_EMAIL_FLAG_PROVIDER.");
    }
    return registered.isEmpty() ? new ConfiguredProvider(settings) : registered.get(0).get();
  }

  private static FeatureProvider named(String name, ClassLoader jars) {
    try {
      return Class.forName(name, true, jars)
          .asSubclass(FeatureProvider.class)
          .getConstructor()
          .newInstance();
    } catch (ReflectiveOperationException | LinkageError | ClassCastException e) {
      throw new FlagRefused(
          "BYO_EMAIL_FLAG_PROVIDER: "
              + name
              + " cannot be created as an OpenFeature provider ("
              + (e.getCause() == null ? e : e.getCause())
              + ")",
          REMEDY,
          e);
    }
  }
}

package org.byoemail.account.rollout;

import dev.openfeature.sdk.FeatureProvider;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Finds the OpenFeature provider among the operator's own jars. */
final class FlagProviders {
  private static final String REMEDY =
      "Put the provider's jar and its dependencies into own-lib, or unset the variable"
          + " (docs/rollout.md).";

  private FlagProviders() {}

  /**
   * The provider that a setting names, else the one that a jar registers as a service, else the one
   * of the settings.
   *
   * @throws FlagRefused if it cannot be used
   */
  static FeatureProvider of(RolloutSettings settings, @Nullable ClassLoader jars) {
    if (settings.flagProvider() != null && !settings.flagProvider().isBlank()) {
      return named(settings.flagProvider().strip(), jars);
    }
    if (settings.flagFile() != null) {
      return new ConfiguredProvider(settings);
    }
    try {
      return registered(settings, jars);
    } catch (ServiceConfigurationError e) {
      throw new FlagRefused(
          "An OpenFeature provider in own-lib cannot be created (" + e.getMessage() + ")",
          REMEDY,
          e);
    }
  }

  private static FeatureProvider registered(RolloutSettings settings, @Nullable ClassLoader jars) {
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

  private static FeatureProvider named(String name, @Nullable ClassLoader jars) {
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

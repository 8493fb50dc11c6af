package org.byoemail.account.rollout;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which accounts are used.
 *
 * @param enabled whether accounts are used at all (BYO_EMAIL_ENABLED); with a provider, the value
 *     for accounts that it fails to evaluate and that have no value yet
 * @param percentage of the accounts, which are always the same; null: all, or none but those in
 *     allow
 * @param allow those that are used whatever the percentage: organization:NAME, agent:ID, account:ID
 *     or address:ADDRESS
 * @param deny those that are not used, written in the same way
 * @param sending exceptions for sending
 * @param receiving exceptions for receiving
 * @param flagFile YAML file with the same names, read again when it changes; it replaces these
 *     settings; null: none
 * @param flagProvider class of an OpenFeature provider in the folder of own jars, with a
 *     constructor without parameters; null: the provider that the jars register as a service, else
 *     these settings
 * @param flagInterval how often all accounts are evaluated, besides whenever the provider reports a
 *     change
 */
@ConfigurationProperties("byo.email")
record RolloutSettings(
    @DefaultValue("true") boolean enabled,
    @Nullable Double percentage,
    @Nullable List<String> allow,
    @Nullable List<String> deny,
    @Nullable Side sending,
    @Nullable Side receiving,
    @Nullable Path flagFile,
    @Nullable String flagProvider,
    @DefaultValue("5s") Duration flagInterval) {

  RolloutSettings {
    if (flagInterval.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("byo.email.flag-interval must be at least 1s");
    }
    if (flagFile != null && flagProvider != null) {
      throw new IllegalArgumentException(
          "byo.email.flag-file and byo.email.flag-provider exclude each other: unset one");
    }
  }

  /**
   * What differs for one side; null: as above.
   *
   * @param enabled whether accounts are used for this side
   * @param percentage of the accounts
   * @param allow those that are used whatever the percentage
   * @param deny those that are not used
   */
  record Side(
      @Nullable Boolean enabled,
      @Nullable Double percentage,
      @Nullable List<String> allow,
      @Nullable List<String> deny) {}

  /** The rules of these settings, without the file. */
  RolloutRules rules() {
    return new RolloutRules(enabled, percentage, allow, deny, sending, receiving);
  }
}

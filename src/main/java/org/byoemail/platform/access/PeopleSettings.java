package org.byoemail.platform.access;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The people who log in to the console.
 *
 * @param minPasswordLength the minimum number of characters of a password
 * @param invitationLifetime how long an invitation link is valid
 * @param maxPerOrganization the maximum number of people of an organisation, and of people who see
 *     all organisations
 * @param secondFactor whether people who log in with a password have a second factor
 */
@ConfigurationProperties("byo.people")
record PeopleSettings(
    @DefaultValue("12") int minPasswordLength,
    @DefaultValue("7d") Duration invitationLifetime,
    @DefaultValue("500") int maxPerOrganization,
    @DefaultValue("optional") SecondFactorMode secondFactor) {

  PeopleSettings {
    if (minPasswordLength < 8 || minPasswordLength > Passwords.MAX_BYTES) {
      throw new IllegalArgumentException(
          "byo.people.min-password-length must be 8 to " + Passwords.MAX_BYTES);
    }
    if (maxPerOrganization < 1) {
      throw new IllegalArgumentException("byo.people.max-per-organization must be at least 1");
    }
    if (invitationLifetime.toSeconds() < 60 || invitationLifetime.toDays() > 90) {
      throw new IllegalArgumentException(
          "byo.people.invitation-lifetime must be a minute to 90 days");
    }
  }
}

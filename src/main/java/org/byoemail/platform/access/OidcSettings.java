package org.byoemail.platform.access;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Logging in to the console at an OpenID provider. People need an invitation, or roles from the
 * claims of the provider.
 *
 * @param issuer the provider, an https URL whose configuration is discovered; empty: off
 * @param clientId of the client that is registered there
 * @param clientSecret of that client
 * @param label the label of the button
 * @param scopes the scopes that are requested; openid is needed
 * @param roles which role each value of the claim rolesClaim gives; other values give none
 * @param rolesClaim the claim, a word or a list, whose values give roles; empty: invited people
 *     only
 * @param organizationClaim the claim with the organisation of a person; empty: everybody sees all
 * @param sessionLifetime the maximum time that a login at the provider lasts: what the provider
 *     takes away applies from the next login on
 */
@ConfigurationProperties("byo.people.oidc")
record OidcSettings(
    @DefaultValue("") String issuer,
    @DefaultValue("") String clientId,
    @DefaultValue("") String clientSecret,
    @DefaultValue("Log in with your organization") String label,
    @DefaultValue({"openid", "email", "profile"}) List<String> scopes,
    @DefaultValue Map<String, String> roles,
    @DefaultValue("") String rolesClaim,
    @DefaultValue("") String organizationClaim,
    @DefaultValue("12h") Duration sessionLifetime) {

  OidcSettings {
    scopes = List.copyOf(scopes);
    roles = Map.copyOf(roles);
    if (!issuer.isBlank()) {
      PublicUrl.parse(issuer);
      if (clientId.isBlank() || clientSecret.isBlank()) {
        throw new IllegalArgumentException(
            "byo.people.oidc.client-id and client-secret are needed with byo.people.oidc.issuer");
      }
      if (!scopes.contains("openid")) {
        throw new IllegalArgumentException("byo.people.oidc.scopes must have openid");
      }
    }
    if (sessionLifetime.toMinutes() < 1 || sessionLifetime.toDays() > 90) {
      throw new IllegalArgumentException(
          "byo.people.oidc.session-lifetime must be a minute to 90 days");
    }
    roles.forEach(
        (value, role) -> {
          try {
            PersonRole.of(role);
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                "byo.people.oidc.roles." + value + " " + e.getMessage(), e);
          }
        });
    if (rolesClaim.isBlank() != roles.isEmpty()) {
      throw new IllegalArgumentException(
          "byo.people.oidc.roles-claim and byo.people.oidc.roles need each other");
    }
    if (!organizationClaim.isBlank() && rolesClaim.isBlank()) {
      throw new IllegalArgumentException(
          "byo.people.oidc.organization-claim needs byo.people.oidc.roles-claim");
    }
  }

  boolean isOn() {
    return !issuer.isBlank();
  }

  @Override
  public String toString() {
    return "OidcSettings[issuer=" + issuer + ", clientId=" + clientId + "]";
  }
}

package org.byoemail.platform.access;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who logs in to the console.
 *
 * @param email the login, in lower case
 * @param name that others see
 * @param organization the only one whose data is shown; null: all
 * @param credentials how the person logs in
 * @param disabledAt since when the person cannot log in; null: enabled
 * @param lastLoginAt null: never
 */
public record Person(
    UUID id,
    String email,
    String name,
    @Nullable OrganizationId organization,
    Set<PersonRole> roles,
    Credentials credentials,
    Instant createdAt,
    @Nullable Instant disabledAt,
    @Nullable Instant lastLoginAt) {

  /** A copy of the roles is kept. */
  public Person {
    roles = Set.copyOf(roles);
  }

  /**
   * How a person logs in.
   *
   * @param password whether there is one
   * @param issuer of the person's OpenID provider; null: none
   * @param invitedUntil when the invitation expires; null: there is none
   * @param loginVersion counts the changes that end all sessions: a login that was checked before
   *     one of them begins no session
   * @param secondFactor the strongest that is set up, besides or instead of the password; null:
   *     none
   */
  public record Credentials(
      boolean password,
      @Nullable String issuer,
      @Nullable Instant invitedUntil,
      int loginVersion,
      @Nullable SecondFactor secondFactor) {}

  /** Whether the person has all these permissions in an organisation; null: in all of them. */
  boolean covers(Set<Permission> permissions, @Nullable OrganizationId owner) {
    return (organization == null || organization.equals(owner))
        && PersonRole.permissions(roles).containsAll(permissions);
  }

  /** The state of a person. */
  public enum Status {
    /** Has no password and no login at a provider yet. */
    INVITED,
    ACTIVE,
    DISABLED
  }

  /** The state. */
  public Status status() {
    if (disabledAt != null) {
      return Status.DISABLED;
    }
    return credentials.password() || credentials.issuer() != null ? Status.ACTIVE : Status.INVITED;
  }

  /** The words of the roles, from the least to the greatest. */
  public List<String> roleWords() {
    return roles.stream().sorted().map(PersonRole::word).toList();
  }
}

package org.byoemail.platform.access;

import java.security.Principal;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a request.
 *
 * @param name of the key or the console's user, a person's address; no secret
 * @param role null: a key with permissions, or a person who only reads or reviews
 * @param permissions what it may do
 * @param organization the only organisation it can access; null: all
 * @param key id of the API key; null: a user, or the admin key of the settings
 * @param scope the only agents and accounts that it can access, for a bound key; null: all of its
 *     organisation
 * @param requestsPerMinute how many requests its key may make; null: as many as the settings say
 * @param person who has logged in; null: a key, or the login of the settings
 */
public record Caller(
    String name,
    @Nullable Role role,
    Set<Permission> permissions,
    @Nullable OrganizationId organization,
    Kind kind,
    @Nullable UUID key,
    @Nullable Scope scope,
    @Nullable Integer requestsPerMinute,
    @Nullable UUID person)
    implements Principal {
  private static final String OPERATOR = "operator";

  /** A copy of the permissions is kept. */
  public Caller {
    permissions = Set.copyOf(permissions);
  }

  /** A caller that is not a person. */
  public Caller(
      String name,
      @Nullable Role role,
      Set<Permission> permissions,
      @Nullable OrganizationId organization,
      Kind kind,
      @Nullable UUID key,
      @Nullable Scope scope,
      @Nullable Integer requestsPerMinute) {
    this(name, role, permissions, organization, kind, key, scope, requestsPerMinute, null);
  }

  /** A caller with all permissions of a role. */
  public Caller(
      String name,
      Role role,
      @Nullable OrganizationId organization,
      Kind kind,
      @Nullable UUID key) {
    this(name, role, Permission.of(role), organization, kind, key, null, null);
  }

  /** How it was authenticated. */
  public enum Kind {
    /** By the login of the console. */
    USER,
    /** By a bearer key. */
    KEY
  }

  static Caller user(String name) {
    return new Caller(name, Role.ADMIN, null, Kind.USER, null);
  }

  static Caller person(Person person) {
    return new Caller(
        person.email(),
        PersonRole.keyRole(person.roles()),
        PersonRole.permissions(person.roles()),
        person.organization(),
        Kind.USER,
        null,
        null,
        null,
        person.id());
  }

  static Caller key(ApiKey key, @Nullable Scope scope) {
    return new Caller(
        key.name(),
        key.role(),
        key.permissions(),
        key.organization(),
        Kind.KEY,
        key.id(),
        scope,
        key.requestsPerMinute());
  }

  static Caller adminKey() {
    return new Caller("byo.api.admin-key", Role.ADMIN, null, Kind.KEY, null);
  }

  /**
   * The name that organisations see: names of the operator's keys and people are hidden from them.
   * The operator finds the name in the audit log.
   */
  public String publicName() {
    return organization == null ? OPERATOR : name;
  }

  /** Whether it has that permission. */
  public boolean may(Permission needed) {
    return permissions.contains(needed);
  }

  /** Whether this caller can access that organisation. */
  public boolean sees(OrganizationId owner) {
    return organization == null || organization.equals(owner);
  }

  @Override
  public String getName() {
    return name;
  }
}

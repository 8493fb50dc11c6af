package org.byoemail.operations.setup;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.Scope;
import org.byoemail.platform.access.ApiKey;
import org.byoemail.platform.access.ApiKeys;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.NewApiKey;
import org.byoemail.platform.access.Permission;
import org.byoemail.platform.access.RequestRates;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.access.Role;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * Creates, rotates and deletes API keys: nobody makes a key that may more than the maker. Secrets
 * are returned once. Safe for use by many threads.
 */
@Service
public class ApiKeySetup {
  private static final int MAX_NAME = 100;
  private static final int MAX_PERMISSIONS = 100;
  private static final long DEFAULT_OVERLAP = Duration.ofDays(1).toSeconds();
  private static final long MAX_OVERLAP = Duration.ofDays(30).toSeconds();
  private static final Instant MAX_EXPIRY = Instant.parse("3000-01-01T00:00:00Z");

  private final ApiKeys keys;
  private final KeyBindings bindings;
  private final RequestRates rates;
  private final Clock clock;

  ApiKeySetup(ApiKeys keys, KeyBindings bindings, RequestRates rates, Clock clock) {
    this.keys = keys;
    this.bindings = bindings;
    this.rates = rates;
    this.clock = clock;
  }

  /**
   * Creates a key.
   *
   * @param draft whose organization the caller sees
   * @throws FieldsRefused naming what is wrong
   */
  public NewApiKey create(Caller caller, ApiKeyDraft draft) {
    FieldChecks checks = new FieldChecks();
    String name = Objects.requireNonNullElse(checks.line("name", draft.name(), MAX_NAME), "");
    checkExpiry(draft.expiresAt(), checks);
    checkRate(caller, draft.requestsPerMinute(), checks);
    return draft.permissions() == null
        ? withRole(caller, name, draft, checks)
        : withPermissions(caller, name, draft, checks);
  }

  private NewApiKey withRole(Caller caller, String name, ApiKeyDraft draft, FieldChecks checks) {
    if (caller.role() == null) {
      checks.refuse("permissions", "is required: the key that makes it has permissions");
    }
    if (draft.agents() != null || draft.accounts() != null) {
      checks.refuse(
          draft.agents() == null ? "accounts" : "agents", "needs permissions instead of a role");
    }
    Role role = role(draft.role(), checks);
    checks.done();
    return keys.create(
        name,
        role,
        draft.organization(),
        ApiKeys.Maker.of(caller),
        draft.expiresAt(),
        requestsPerMinute(caller, draft));
  }

  private NewApiKey withPermissions(
      Caller caller, String name, ApiKeyDraft draft, FieldChecks checks) {
    if (draft.role() != null) {
      checks.refuse("role", "cannot be given with permissions: leave one out");
    }
    List<@Nullable String> words = Objects.requireNonNull(draft.permissions());
    if (words.isEmpty() || words.size() > MAX_PERMISSIONS) {
      checks.refuse("permissions", "must have 1 to " + MAX_PERMISSIONS + " entries");
      checks.done();
    }
    Set<Permission> permissions = EnumSet.noneOf(Permission.class);
    for (int i = 0; i < words.size(); i++) {
      String field = "permissions[" + i + "]";
      Permission one = Permission.of(String.valueOf(words.get(i))).orElse(null);
      if (one == null) {
        checks.refuse(
            field,
            "must be one of "
                + String.join(", ", Permission.words(EnumSet.allOf(Permission.class))));
      } else if (!caller.may(one)) {
        checks.refuse(field, "is not a permission of the key that makes this one");
      } else {
        permissions.add(one);
      }
    }
    Scope binding = bindings.read(caller, draft.organization(), draft, checks);
    if (binding != null) {
      checkBindable(words, checks);
    }
    checks.done();
    return keys.create(
        name,
        permissions,
        binding,
        draft.organization() == null ? bindings.organization(binding) : draft.organization(),
        ApiKeys.Maker.of(caller),
        draft.expiresAt(),
        requestsPerMinute(caller, draft));
  }

  // The maker's own limit, unless a lower one is asked for; null: as the settings say.
  private static @Nullable Integer requestsPerMinute(Caller caller, ApiKeyDraft draft) {
    return draft.requestsPerMinute() == null
        ? caller.requestsPerMinute()
        : draft.requestsPerMinute();
  }

  private static void checkBindable(List<@Nullable String> words, FieldChecks checks) {
    for (int i = 0; i < words.size(); i++) {
      if (Permission.of(String.valueOf(words.get(i)))
          .filter(one -> !one.canBeBound())
          .isPresent()) {
        checks.refuse(
            "permissions[" + i + "]",
            "cannot be limited to agents or accounts: remove this permission, or remove agents and"
                + " accounts");
      }
    }
  }

  /**
   * The keys that a caller manages, in the order they were made in.
   *
   * @param after the id to start after; null: from the first
   */
  public List<ApiKey> list(Caller caller, @Nullable UUID after, int limit) {
    return keys.list(caller.organization(), maker(caller), after, limit);
  }

  /**
   * A key that the caller manages.
   *
   * @throws ResourceNotFound if the id is unknown
   */
  public ApiKey find(Caller caller, UUID id) {
    return keys.find(caller.organization(), id)
        .filter(key -> isManagedBy(caller, id))
        .orElseThrow(() -> new ResourceNotFound("key"));
  }

  /**
   * Gives a key a new secret.
   *
   * @param seconds for which the old secret works on; null: a day
   * @param expiresAt the key's new end; null: unchanged
   * @throws FieldsRefused naming what is wrong
   * @throws ResourceNotFound if the caller manages no key of that id
   */
  public NewApiKey rotate(
      Caller caller, UUID id, @Nullable Long seconds, @Nullable Instant expiresAt) {
    find(caller, id);
    long overlap = seconds == null ? DEFAULT_OVERLAP : seconds;
    FieldChecks checks = new FieldChecks();
    if (overlap < 0 || overlap > MAX_OVERLAP) {
      checks.refuse("overlap", "must be 0 to " + MAX_OVERLAP + " seconds");
    }
    checkExpiry(expiresAt, checks);
    checks.done();
    return keys.rotate(caller.organization(), id, Duration.ofSeconds(overlap), expiresAt)
        .orElseThrow(() -> new FieldsRefused("expiresAt", "is required: the key has expired"));
  }

  /**
   * Deletes a key, and those that it has made.
   *
   * @throws ResourceNotFound if the caller manages no key of that id
   */
  public void delete(Caller caller, UUID id) {
    if (!isManagedBy(caller, id) || !keys.delete(caller.organization(), id)) {
      throw new ResourceNotFound("key");
    }
  }

  /**
   * A key with permissions manages only those that it has made, or it could take a stronger one.
   */
  private boolean isManagedBy(Caller caller, UUID id) {
    UUID maker = maker(caller);
    return maker == null || keys.isMadeBy(id, maker);
  }

  private static @Nullable UUID maker(Caller caller) {
    return caller.role() == null ? Objects.requireNonNull(caller.key()) : null;
  }

  private void checkExpiry(@Nullable Instant expiresAt, FieldChecks checks) {
    if (expiresAt != null
        && (!expiresAt.isAfter(clock.instant()) || expiresAt.isAfter(MAX_EXPIRY))) {
      checks.refuse("expiresAt", "must be in the future, and before " + MAX_EXPIRY);
    }
  }

  private void checkRate(Caller caller, @Nullable Integer rate, FieldChecks checks) {
    int most = RequestRates.MAX_PER_MINUTE;
    // A key of a role may give more than the settings do, but not more than itself was given.
    boolean limited =
        caller.role() == null || caller.key() != null && caller.requestsPerMinute() != null;
    if (limited) {
      most = rates.perMinute(caller).orElse(most);
    }
    if (rate != null && (rate < 1 || rate > most)) {
      checks.refuse(
          "requestsPerMinute",
          "must be 1 to " + most + (limited ? ", the limit of the key that makes this one" : ""));
    }
  }

  private static Role role(@Nullable String word, FieldChecks checks) {
    Role role = checks.read("role", () -> Role.of(word == null ? "" : word));
    return Objects.requireNonNullElse(role, Role.PRODUCER);
  }
}

package org.byoemail.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.byoemail.format.mail.Label;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.setup.AgentSetup;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.Caller;
import org.jspecify.annotations.Nullable;

/** Reads request parameters that several controllers share. */
final class RequestParams {
  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = 200;

  private RequestParams() {}

  /** The page size: 50 by default, 200 at most. */
  static int limit(@Nullable Integer limit) {
    return limit(limit, DEFAULT_LIMIT);
  }

  /** The page size: at most 200. */
  static int limit(@Nullable Integer limit, int defaultLimit) {
    if (limit != null && (limit < 1 || limit > MAX_LIMIT)) {
      throw new FieldsRefused("limit", "must be 1 to " + MAX_LIMIT);
    }
    return limit == null ? defaultLimit : limit;
  }

  /** The id after which the page starts; null for the first page. */
  static @Nullable UUID cursor(@Nullable String cursor) {
    return cursor == null || cursor.isEmpty() ? null : id("cursor", cursor);
  }

  /** The time from which on; null: from the beginning. */
  static @Nullable Instant since(@Nullable String text) {
    try {
      Instant since = text == null || text.isEmpty() ? null : Instant.parse(text);
      if (since == null || StrictText.isStorable(since)) {
        return since;
      }
    } catch (DateTimeException e) {
      // Reported below.
    }
    throw new FieldsRefused(
        "since", "must be a time such as 2026-11-24T09:00:00Z, before the year 10000");
  }

  /** The label; null: none is asked for. */
  static @Nullable Label label(@Nullable String name) {
    try {
      return name == null || name.isEmpty() ? null : Label.parse(name);
    } catch (IllegalArgumentException e) {
      throw new FieldsRefused("label", Label.RULE);
    }
  }

  /** The id in a field or a parameter. */
  static UUID id(String field, String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw new FieldsRefused(field, "must be a UUID");
    }
  }

  /**
   * The organisation that a request is about: the requested one, or else the caller's; null for all
   * organisations.
   *
   * @throws FieldsRefused if it is no name of an organisation
   * @throws OrganizationForbidden if the caller may not see the requested one
   */
  static @Nullable OrganizationId organization(Caller caller, @Nullable String requested) {
    if (requested == null) {
      return caller.organization();
    }
    OrganizationId organization = organization(requested);
    if (!caller.sees(organization)) {
      throw new OrganizationForbidden(caller.organization());
    }
    return organization;
  }

  private static OrganizationId organization(String name) {
    try {
      return OrganizationId.parse(name);
    } catch (IllegalArgumentException e) {
      throw new FieldsRefused("organization", String.valueOf(e.getMessage()));
    }
  }

  /**
   * Checks that the caller sees all organisations.
   *
   * @throws OrganizationForbidden if it sees one alone
   */
  static void requireAllOrganizations(Caller caller) {
    if (caller.organization() != null) {
      throw new OrganizationForbidden(caller.organization());
    }
  }

  /** As {@link #organization}, with the default organisation instead of all. */
  static OrganizationId organizationOrDefault(Caller caller, @Nullable String requested) {
    return Objects.requireNonNullElse(
        organization(caller, requested), AgentSetup.DEFAULT_ORGANIZATION);
  }
}

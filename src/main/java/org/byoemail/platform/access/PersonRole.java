package org.byoemail.platform.access;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a person may do in the console: a name for a set of permissions. */
public enum PersonRole {
  /** Reads everything that does not need an admin, and changes nothing. */
  VIEWER,
  /** May also decide on mail in review and on held mail. */
  REVIEWER,
  /** What the role operator of a key allows. */
  OPERATOR,
  /** What the role admin of a key allows, including people, keys and deletions. */
  ADMIN;

  private static final Set<Permission> READING =
      EnumSet.of(
          Permission.MESSAGES_READ,
          Permission.EVENTS_READ,
          Permission.AGENTS_READ,
          Permission.ACCOUNTS_READ,
          Permission.BOUNCES_READ,
          Permission.DEAD_LETTERS_READ,
          Permission.SUPPRESSIONS_READ,
          Permission.QUARANTINE_READ,
          Permission.HELD_READ,
          Permission.WEBHOOKS_READ,
          Permission.AUDIT_READ,
          Permission.RETENTION_READ,
          Permission.REVIEWS_READ);

  /** The word of the contract and of the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads the word.
   *
   * @throws IllegalArgumentException naming the valid words
   */
  public static PersonRole of(String word) {
    return Stream.of(values())
        .filter(role -> role.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "must be one of "
                        + Stream.of(values())
                            .map(PersonRole::word)
                            .collect(Collectors.joining(", "))));
  }

  /** The roles of those words; unknown words, of a newer node, permit nothing here. */
  static Set<PersonRole> read(Collection<String> words) {
    Set<PersonRole> roles = EnumSet.noneOf(PersonRole.class);
    Stream.of(values()).filter(role -> words.contains(role.word())).forEach(roles::add);
    return Collections.unmodifiableSet(roles);
  }

  /** What the role permits. */
  public Set<Permission> permissions() {
    Set<Permission> all = EnumSet.copyOf(READING);
    switch (this) {
      case VIEWER -> {}
      case REVIEWER -> {
        all.add(Permission.REVIEWS_DECIDE);
        all.add(Permission.HELD_DECIDE);
      }
      case OPERATOR -> all.addAll(Permission.of(Role.OPERATOR));
      case ADMIN -> all.addAll(Permission.of(Role.ADMIN));
    }
    return all;
  }

  /** What several roles permit together. */
  public static Set<Permission> permissions(Collection<PersonRole> roles) {
    Set<Permission> all = EnumSet.noneOf(Permission.class);
    roles.forEach(role -> all.addAll(role.permissions()));
    return all;
  }

  /** The role of a key that permits the same; null: none. */
  static @Nullable Role keyRole(Collection<PersonRole> roles) {
    if (roles.contains(ADMIN)) {
      return Role.ADMIN;
    }
    return roles.contains(OPERATOR) ? Role.OPERATOR : null;
  }
}

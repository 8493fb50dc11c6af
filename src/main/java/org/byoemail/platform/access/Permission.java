package org.byoemail.platform.access;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a key may do. A role is the name of a set of them; a key with permissions has those that it
 * was given, which do not include each other.
 */
public enum Permission {
  /** Submit messages and files, cancel what has not been sent. */
  MESSAGES_SEND(Role.PRODUCER, Reach.BOUND),
  /** Read messages, files and conversations. */
  MESSAGES_READ(Role.PRODUCER, Reach.BOUND),
  /** Create, change and delete drafts, which others may send. */
  DRAFTS_WRITE(Role.PRODUCER, Reach.BOUND),
  /** Change labels and metadata of messages and conversations. */
  MESSAGES_LABEL(Role.PRODUCER, Reach.BOUND),
  /** Mark, flag, move and delete mails in their mailboxes. */
  MAILBOXES_WRITE(Role.OPERATOR, Reach.BOUND),
  /** Release held messages, resend failed ones, and inject mail in test organizations. */
  MESSAGES_MANAGE(Role.OPERATOR, Reach.BOUND),
  /** Read events, and commit event cursors. */
  EVENTS_READ(Role.PRODUCER, Reach.BOUND),
  /** Read agents. */
  AGENTS_READ(Role.OPERATOR, Reach.BOUND),
  /** Create and change agents. */
  AGENTS_WRITE(Role.OPERATOR),
  /** Delete agents. */
  AGENTS_DELETE(Role.ADMIN),
  /** Read accounts and their connect links. */
  ACCOUNTS_READ(Role.OPERATOR, Reach.BOUND),
  /** Create, import, change, test and pause accounts, and create connect links. */
  ACCOUNTS_CONNECT(Role.OPERATOR),
  /** Delete accounts. */
  ACCOUNTS_DELETE(Role.ADMIN),
  /** Read bounces. */
  BOUNCES_READ(Role.OPERATOR, Reach.BOUND),
  /** Read dead letters. */
  DEAD_LETTERS_READ(Role.OPERATOR),
  /** Read suppressions. */
  SUPPRESSIONS_READ(Role.OPERATOR),
  /** Suppress addresses, and lift suppressions. */
  SUPPRESSIONS_WRITE(Role.OPERATOR),
  /** Read the quarantine. */
  QUARANTINE_READ(Role.OPERATOR),
  /** Take mails in quarantine through the inbound route again. */
  QUARANTINE_RETRY(Role.OPERATOR),
  /** Read mail that is held for review. */
  HELD_READ(Role.OPERATOR, Reach.BOUND),
  /** Let held mail in, discard it, or trust the way it came. */
  HELD_DECIDE(Role.OPERATOR, Reach.BOUND),
  /** Read webhooks and their deliveries. */
  WEBHOOKS_READ(Role.OPERATOR, Reach.BOUND),
  /** Create and change webhooks, which receive every event of the organization. */
  WEBHOOKS_WRITE(Role.OPERATOR, Reach.BOUND),
  /** Read the audit log. */
  AUDIT_READ(Role.OPERATOR),
  /** Read the retention periods. */
  RETENTION_READ(Role.OPERATOR),
  /** Change the retention periods. */
  RETENTION_WRITE(Role.ADMIN),
  /** Change the sending policy that an organization's agents cannot undercut. */
  SENDING_POLICY_WRITE(Role.ADMIN),
  /** Read mail that waits for a review before it is sent. */
  REVIEWS_READ(Role.OPERATOR, Reach.BOUND),
  /** Approve and reject mail; never for a key that is bound to agents. */
  REVIEWS_DECIDE(Role.OPERATOR),
  /** Erase and export personal data. */
  PERSONAL_DATA_MANAGE(Role.ADMIN),
  /** Create and change OAuth clients. */
  OAUTH_CLIENTS_MANAGE(Role.ADMIN),
  /** Create, rotate and delete keys. */
  KEYS_MANAGE(Role.ADMIN, Reach.BOUND),
  /** Invite, change, disable and delete people, and end their sessions. */
  PEOPLE_MANAGE(Role.ADMIN),
  /** Everything else: routes, rollout, the pause of all sending, restore. */
  OPERATIONS_MANAGE(Role.OPERATOR);

  private enum Reach {
    /** Everything that it permits concerns single agents or accounts, or can be limited to them. */
    BOUND,
    ORGANIZATION
  }

  private final Role least;
  private final Reach reach;

  Permission(Role least) {
    this(least, Reach.ORGANIZATION);
  }

  Permission(Role least, Reach reach) {
    this.least = least;
    this.reach = reach;
  }

  /** Whether a key that is bound to agents or accounts may have it. */
  public boolean canBeBound() {
    return reach == Reach.BOUND;
  }

  /** The word of the contract and of the database, such as {@code messages:send}. */
  public String word() {
    String name = name().toLowerCase(Locale.ROOT);
    int verb = name.lastIndexOf('_');
    return name.substring(0, verb).replace('_', '-') + ":" + name.substring(verb + 1);
  }

  /** The least role that includes it. */
  Role least() {
    return least;
  }

  /** The permission of that word; empty if there is none. */
  public static Optional<Permission> of(String word) {
    return Arrays.stream(values()).filter(one -> one.word().equals(word)).findFirst();
  }

  /** All that a role includes. */
  static Set<Permission> of(Role role) {
    Set<Permission> all = EnumSet.noneOf(Permission.class);
    Arrays.stream(values()).filter(one -> role.covers(one.least)).forEach(all::add);
    return Collections.unmodifiableSet(all);
  }

  /** The permissions of those words; unknown words, of a newer node, permit nothing here. */
  static Set<Permission> read(Collection<String> words) {
    Set<Permission> known = EnumSet.noneOf(Permission.class);
    words.forEach(word -> of(word).ifPresent(known::add));
    return Collections.unmodifiableSet(known);
  }

  /** The words of permissions, in the order of this enumeration. */
  public static List<String> words(Collection<Permission> permissions) {
    return permissions.stream().sorted().map(Permission::word).toList();
  }
}

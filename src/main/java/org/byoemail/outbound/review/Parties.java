package org.byoemail.outbound.review;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.EmailAddress;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Who counts as one where two must approve. Each decider is described by a set of words such as
 * {@code key:<id>}; two deciders with a common word are one party. A key has the words of the keys
 * that made it, and of the people who made one of these keys; a person and a reviewer who is asked
 * by mail have the word of their mailbox; a webhook, and a reviewer with a code, also have the
 * words of the caller that appointed them and of the one that was shown their secret. Thread-safe.
 */
@Repository
class Parties {
  private static final String KEY = "key:";
  private static final String PERSON = "person:";
  private static final String REVIEWER = "reviewer:";
  private static final String MAILBOX = "mailbox:";
  private static final List<String> KEY_COLUMNS =
      List.of("id", "role_key", "parent", "made_by_key");

  private final JdbcClient jdbc;

  Parties(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The words of somebody who decides. */
  Set<String> of(Reviews.Decider decider) {
    Set<String> words = new LinkedHashSet<>();
    add(decider.reviewer(), words);
    if (decider.appointedBy() != null) {
      add(decider.appointedBy(), words);
    }
    if (decider.shownTo() != null) {
      add(decider.shownTo(), words);
    }
    return words;
  }

  private void add(String word, Set<String> words) {
    words.add(word);
    key(word).ifPresent(key -> addKey(key, words));
    id(word, PERSON).ifPresent(person -> addPerson(person, words));
    id(word, REVIEWER).ifPresent(reviewer -> addReviewer(reviewer, words));
  }

  private void addKey(UUID key, Set<String> words) {
    Ancestry ancestry = ancestry(key);
    ancestry.keys().forEach(one -> words.add(KEY + one));
    ancestry.people().forEach(person -> add(PERSON + person, words));
  }

  private void addPerson(UUID person, Set<String> words) {
    jdbc.sql("SELECT email FROM person WHERE id = :id")
        .param("id", person)
        .query(String.class)
        .optional()
        .ifPresent(email -> words.add(mailbox(MailReviewers.mailbox(EmailAddress.parse(email)))));
  }

  private void addReviewer(UUID reviewer, Set<String> words) {
    jdbc.sql("SELECT mailbox FROM mail_reviewer WHERE id = :id")
        .param("id", reviewer)
        .query(String.class)
        .optional()
        .ifPresent(mailbox -> words.add(mailbox(mailbox)));
  }

  private static String mailbox(String address) {
    return MAILBOX + address.toLowerCase(Locale.ROOT);
  }

  /** The id in a word of that kind; empty if the word is of another kind. */
  private static Optional<UUID> id(String word, String kind) {
    return word.startsWith(kind)
        ? Optional.of(UUID.fromString(word.substring(kind.length())))
        : Optional.empty();
  }

  /** The id of the key in a word; empty if it names no key. */
  static Optional<UUID> key(String word) {
    return id(word, KEY);
  }

  /** Whether two keys are the same, or one made the other, directly or through keys it made. */
  boolean areRelated(UUID one, UUID other) {
    return ancestry(one).keys().contains(other) || ancestry(other).keys().contains(one);
  }

  /**
   * How a key came to be made.
   *
   * @param keys the key itself, the keys that made it, the keys that made these, and so on
   * @param people who made one of these keys
   */
  private record Ancestry(Set<UUID> keys, Set<UUID> people) {}

  private Ancestry ancestry(UUID key) {
    Ancestry ancestry = new Ancestry(new LinkedHashSet<>(Set.of(key)), new LinkedHashSet<>());
    jdbc.sql(
            """
            WITH RECURSIVE known AS (
              SELECT id, role_key, parent, made_by_key, made_by_person FROM issued_key
              UNION ALL SELECT id, role_key, parent, made_by_key, made_by_person FROM ended_key),
            ancestry AS (
              SELECT * FROM known WHERE id = :id
              UNION SELECT k.* FROM ancestry a
                CROSS JOIN LATERAL (VALUES (a.role_key), (a.parent), (a.made_by_key)) AS maker (id)
                JOIN known k ON k.id = maker.id)
            SELECT * FROM ancestry
            """)
        .param("id", key)
        .query(
            (ResultSet row) -> {
              for (String column : KEY_COLUMNS) {
                addUuid(row, column, ancestry.keys());
              }
              addUuid(row, "made_by_person", ancestry.people());
            });
    return ancestry;
  }

  private static void addUuid(ResultSet row, String column, Set<UUID> to) throws SQLException {
    UUID id = row.getObject(column, UUID.class);
    if (id != null) {
      to.add(id);
    }
  }
}

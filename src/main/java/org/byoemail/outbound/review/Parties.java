package org.byoemail.outbound.review;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.byoemail.format.mail.EmailAddress;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Who counts as one where two must approve. Everybody who decides is described by a set of words;
 * two sets with a common word are one party. A key has the words of the keys that made it, and of
 * the person who made one of these; a person and a reviewer who is asked by mail have the word of
 * their mailbox; a webhook, and a reviewer with a code, have those of the one that appointed them
 * or was shown their secret. Thread-safe.
 */
@Repository
class Parties {
  private static final String KEY = "key:";
  private static final String PERSON = "person:";
  private static final String REVIEWER = "reviewer:";
  private static final String MAILBOX = "mailbox:";

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
    id(word, KEY).ifPresent(key -> addLine(key, words));
    id(word, PERSON).ifPresent(person -> addPerson(person, words));
    id(word, REVIEWER).ifPresent(reviewer -> addReviewer(reviewer, words));
  }

  private void addLine(UUID key, Set<String> words) {
    Line line = line(key);
    line.keys().forEach(one -> words.add(KEY + one));
    line.people()
        .forEach(
            person -> {
              words.add(PERSON + person);
              addPerson(person, words);
            });
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

  /** The id in a word of that kind. */
  static Optional<UUID> id(String word, String kind) {
    return word.startsWith(kind)
        ? Optional.of(UUID.fromString(word.substring(kind.length())))
        : Optional.empty();
  }

  /** The key in a word; empty: it is not of a key. */
  static Optional<UUID> key(String word) {
    return id(word, KEY);
  }

  /** Whether of two keys one is the other, or has made it, itself or by keys that it made. */
  boolean areOfOneLine(UUID one, UUID other) {
    return line(one).keys().contains(other) || line(other).keys().contains(one);
  }

  /**
   * A key with those that made it.
   *
   * @param people who made one of them
   */
  private record Line(Set<UUID> keys, Set<UUID> people) {}

  private Line line(UUID key) {
    Line line = new Line(new LinkedHashSet<>(Set.of(key)), new LinkedHashSet<>());
    jdbc.sql(
            """
            WITH RECURSIVE known AS (
              SELECT id, role_key, parent, made_by_key, made_by_person FROM issued_key
              UNION ALL SELECT id, role_key, parent, made_by_key, made_by_person FROM ended_key),
            line AS (
              SELECT * FROM known WHERE id = :id
              UNION SELECT k.* FROM line l
                CROSS JOIN LATERAL (VALUES (l.role_key), (l.parent), (l.made_by_key)) AS maker (id)
                JOIN known k ON k.id = maker.id)
            SELECT * FROM line
            """)
        .param("id", key)
        .query(
            (ResultSet row) -> {
              Stream.of("id", "role_key", "parent", "made_by_key")
                  .map(column -> uuid(row, column))
                  .flatMap(Optional::stream)
                  .forEach(line.keys()::add);
              uuid(row, "made_by_person").ifPresent(line.people()::add);
            });
    return line;
  }

  private static Optional<UUID> uuid(ResultSet row, String column) {
    try {
      return Optional.ofNullable(row.getObject(column, UUID.class));
    } catch (SQLException e) {
      throw new IllegalStateException("the maker of a key cannot be read", e);
    }
  }
}

package org.byoemail.outbound.finding;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.screen.OutgoingRules;
import org.byoemail.format.screen.TextPattern;
import org.byoemail.format.screen.WordList;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.platform.audit.ChangedFields;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * The own rules of organisations. A change applies to the next mail, on all nodes. Safe for use by
 * many threads and nodes.
 */
@Repository
public class OutgoingRuleRows {
  /** How many rules an organisation has at most. */
  public static final int MAX_RULES = 50;

  private static final int MAX_CACHED = 200;

  /** The compiled expressions of all of an organisation's rules together, in instructions. */
  private static final int MAX_SIZE = 2_000;

  private final JdbcClient jdbc;
  private final AuditLog audit;
  private final Map<OrganizationId, Compiled> compiled = new ConcurrentHashMap<>();

  OutgoingRuleRows(JdbcClient jdbc, AuditLog audit) {
    this.jdbc = jdbc;
    this.audit = audit;
  }

  /**
   * The rules of an organisation in the form that mail is examined by.
   *
   * @param version changes with each change of a rule
   */
  record Compiled(
      String version, List<TextPattern> patterns, List<WordList> words, Set<String> exempt) {}

  /**
   * The rules, by name.
   *
   * @param organization null for all organisations
   */
  public List<OutgoingRule> list(@Nullable OrganizationId organization) {
    return jdbc.sql(
            "SELECT * FROM outgoing_rule WHERE :organization::text IS NULL OR organization ="
                + " :organization ORDER BY organization, name")
        .param("organization", OrganizationId.valueOrNull(organization))
        .query(OutgoingRuleRows::read)
        .list();
  }

  /** A rule. */
  public Optional<OutgoingRule> find(UUID id) {
    return jdbc.sql("SELECT * FROM outgoing_rule WHERE id = :id")
        .param("id", id)
        .query(OutgoingRuleRows::read)
        .optional();
  }

  /**
   * Adds a rule whose entries were {@linkplain OutgoingRule#check checked}.
   *
   * @throws OutgoingRuleConflict if the name is taken, or the organisation has too many
   */
  @Transactional
  public OutgoingRule add(
      OrganizationId organization,
      String name,
      OutgoingRule.Kind kind,
      boolean ignoreCase,
      List<String> entries) {
    UUID id = Ids.next();
    try {
      jdbc.sql(
              """
              INSERT INTO outgoing_rule (id, organization, name, kind, ignore_case, entries, changed_at)
              VALUES (:id, :organization, :name, :kind, :ignoreCase, :entries, statement_timestamp())
              """)
          .param("id", id)
          .param("organization", organization.value())
          .param("name", name)
          .param("kind", kind.word())
          .param("ignoreCase", ignoreCase)
          .param("entries", entries.toArray(String[]::new))
          .update();
    } catch (DuplicateKeyException e) {
      throw new OutgoingRuleConflict("another rule is named " + name);
    }
    checkBounds(organization);
    audit.record(
        "outgoing_rule.created",
        id,
        organization,
        Map.of("name", name, "kind", kind.word(), "entries", entries.size()));
    return find(id).orElseThrow();
  }

  /**
   * Replaces the entries of a rule; they were {@linkplain OutgoingRule#check checked}.
   *
   * @return empty if the id is unknown
   * @throws OutgoingRuleConflict if all expressions together are too large
   */
  @Transactional
  public Optional<OutgoingRule> change(UUID id, boolean ignoreCase, List<String> entries) {
    Optional<OutgoingRule> before = find(id);
    if (before.isEmpty()) {
      return before;
    }
    jdbc.sql(
            """
            UPDATE outgoing_rule SET ignore_case = :ignoreCase, entries = :entries, changed_at = statement_timestamp()
            WHERE id = :id
            """)
        .param("id", id)
        .param("ignoreCase", ignoreCase)
        .param("entries", entries.toArray(String[]::new))
        .update();
    OrganizationId organization = before.get().organization();
    checkBounds(organization);
    ChangedFields changed =
        new ChangedFields()
            .compare("ignoreCase", before.get().ignoreCase(), ignoreCase)
            .compareUnseen("entries", before.get().entries(), entries);
    if (!changed.isEmpty()) {
      audit.record("outgoing_rule.changed", id, organization, changed.details());
    }
    return find(id);
  }

  /**
   * Deletes a rule.
   *
   * @return whether there was one
   */
  @Transactional
  public boolean delete(UUID id) {
    Optional<OutgoingRule> rule = find(id);
    rule.ifPresent(
        one -> {
          jdbc.sql("DELETE FROM outgoing_rule WHERE id = :id").param("id", id).update();
          audit.record("outgoing_rule.deleted", id, one.organization(), Map.of("name", one.name()));
        });
    return rule.isPresent();
  }

  /** Serialises changes of an organisation's rules, so that two together do not exceed a bound. */
  private void checkBounds(OrganizationId organization) {
    jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended('outgoing_rule ' || :organization, 0))")
        .param("organization", organization.value())
        .query(row -> {});
    List<OutgoingRule> rules = list(organization);
    if (rules.size() > MAX_RULES) {
      throw new OutgoingRuleConflict("an organization has at most " + MAX_RULES + " rules");
    }
    int size =
        rules.stream()
            .filter(rule -> rule.kind() == OutgoingRule.Kind.PATTERN)
            .flatMap(rule -> rule.patterns().stream())
            .mapToInt(TextPattern::size)
            .sum();
    if (size > MAX_SIZE) {
      throw new OutgoingRuleConflict(
          "the expressions of all of the organization's rules are too large together: %,d of %,d instructions"
              .formatted(size, MAX_SIZE));
    }
  }

  /** The rules as they are now; compiled again only if one has changed. */
  Compiled compiled(OrganizationId organization) {
    String version =
        jdbc.sql(
                "SELECT coalesce(md5(string_agg(id || ' ' || changed_at, ' ' ORDER BY id)), '')"
                    + " FROM outgoing_rule WHERE organization = :organization")
            .param("organization", organization.value())
            .query(String.class)
            .single();
    Compiled known = compiled.get(organization);
    if (known != null && known.version().equals(version)) {
      return known;
    }
    if (compiled.size() >= MAX_CACHED) {
      compiled.clear();
    }
    Compiled fresh = compile(version, list(organization));
    compiled.put(organization, fresh);
    return fresh;
  }

  private static Compiled compile(String version, List<OutgoingRule> rules) {
    List<TextPattern> patterns = new ArrayList<>();
    List<WordList> words = new ArrayList<>();
    Set<String> exempt = new HashSet<>();
    for (OutgoingRule rule : rules) {
      switch (rule.kind()) {
        case PATTERN -> patterns.addAll(rule.patterns());
        case WORDS -> words.add(WordList.of(rule.name(), rule.entries()));
        case EXEMPT -> rule.entries().stream().map(OutgoingRules::normal).forEach(exempt::add);
      }
    }
    return new Compiled(version, List.copyOf(patterns), List.copyOf(words), Set.copyOf(exempt));
  }

  private static OutgoingRule read(ResultSet row, int number) throws SQLException {
    return new OutgoingRule(
        row.getObject("id", UUID.class),
        new OrganizationId(row.getString("organization")),
        row.getString("name"),
        OutgoingRule.Kind.of(row.getString("kind")),
        row.getBoolean("ignore_case"),
        List.of((String[]) row.getArray("entries").getArray()),
        row.getTimestamp("changed_at").toInstant());
  }
}

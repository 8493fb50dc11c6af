package org.byoemail.outbound.provenance;

import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.conversation.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Finds where the recipients of a mail come from, by what is stored: one query for all of them, and
 * some more, which read texts, for those that nobody vouches for. Changes nothing. Safe for use by
 * many threads.
 */
@Component
public class Provenance {
  /** How many of the newest mails of a conversation are looked at. */
  private static final int MAX_MAILS = 500;

  /** How many of the agent's newest mails are searched for an address. */
  private static final int MAX_TEXTS = 100;

  /** How much of each body is searched. */
  private static final int MAX_TEXT = 64 * 1024;

  /** How many mails' texts are in memory at once. */
  private static final int TEXTS_AT_ONCE = 20;

  private final JdbcClient jdbc;
  private final Agents agents;

  Provenance(JdbcClient jdbc, Agents agents) {
    this.jdbc = jdbc;
    this.agents = agents;
  }

  /**
   * A mail whose recipients are asked for.
   *
   * @param conversation the one that it continues; null if it starts one
   * @param message the mail itself, so that only what came before it counts; null if it is not
   *     stored
   */
  public record Query(
      AgentId agent,
      @Nullable ConversationId conversation,
      @Nullable StoredMessageId message,
      Collection<EmailAddress> recipients) {}

  /** The origin of each recipient, in the order given. */
  public Map<EmailAddress, Origin> of(Query asked) {
    Map<EmailAddress, Origin> origins = new LinkedHashMap<>();
    Set<EmailAddress> rest = new LinkedHashSet<>(asked.recipients());
    rest.forEach(one -> origins.put(one, Origin.UNKNOWN));
    Map<Origin, Set<EmailAddress>> vouched = vouched(asked, rest);
    for (Origin origin : Origin.values()) {
      for (EmailAddress one : vouched.getOrDefault(origin, Set.of())) {
        if (rest.remove(one)) {
          origins.put(one, origin);
        }
      }
    }
    if (!rest.isEmpty()) {
      named(asked, rest).forEach(one -> origins.put(one, Origin.NAMED));
    }
    return origins;
  }

  /**
   * The origins of recipients of a stored message, by what came before it, and the contacts of now.
   */
  public Map<EmailAddress, Origin> ofMessage(Message message, Collection<EmailAddress> recipients) {
    return jdbc.sql(
            "SELECT owner_agent_id FROM endpoint WHERE id = :id AND owner_agent_id IS NOT NULL")
        .param("id", message.endpoint().value())
        .query(UUID.class)
        .optional()
        .map(
            agent ->
                of(new Query(new AgentId(agent), message.conversation(), message.id(), recipients)))
        .orElse(Map.of());
  }

  private Map<Origin, Set<EmailAddress>> vouched(Query asked, Set<EmailAddress> recipients) {
    Map<Origin, Set<EmailAddress>> found = new EnumMap<>(Origin.class);
    if (recipients.isEmpty()) {
      return found;
    }
    ContactPolicy policy = agents.find(asked.agent()).map(one -> one.contactPolicy()).orElse(null);
    if (policy != null) {
      recipients.stream()
          .filter(policy::lists)
          .forEach(one -> add(found, Origin.CONTACT, one.value()));
    }
    // A person who lets a mail in, or pins a way by which it comes, vouches for its author, but
    // for none of its other addresses while the mail is not proven. That it answers a mail of the
    // gateway does not: any recipient of that mail can write it.
    jdbc.sql(
            """
            WITH mails AS MATERIALIZED (
              SELECT lower(m.from_address) AS author, m.to_addresses || m.cc_addresses AS others, lower(m.reply_to) AS reply_to,
                i.verdict = 'authentic' AS proven,
                i.let_in_by IS NOT DISTINCT FROM 'trusted-way' OR EXISTS (SELECT 1 FROM trusted_way w
                  WHERE w.agent_id = :agent AND w.invitation_signer IS NULL AND w.contact IN (lower(m.from_address),
                    '@' || split_part(lower(m.from_address), '@', 2))) AS pinned
              FROM message m JOIN inbound_mail i ON i.message_id = m.id
              WHERE m.conversation_id = :conversation::uuid AND m.direction = 'inbound' AND i.status = 'ingested'
                AND (i.verdict = 'authentic' OR i.let_in_by IN ('trusted-way', 'released'))
                AND (:message::uuid IS NULL OR m.id < :message)
              ORDER BY m.id DESC LIMIT :mails)
            SELECT 'PARTICIPANT' AS origin, author AS address FROM mails WHERE author = ANY (:addresses)
            UNION
            SELECT 'INTRODUCED', lower(other) FROM mails, unnest(others) AS other
              WHERE proven AND lower(other) = ANY (:addresses)
            UNION
            SELECT 'INTRODUCED', reply_to FROM mails WHERE pinned AND reply_to = ANY (:addresses)
            UNION
            SELECT 'CORRESPONDENT', a.address FROM unnest(:addresses::text[]) AS a (address)
              WHERE EXISTS (SELECT 1 FROM message_recipient r JOIN message m ON m.id = r.message_id
                JOIN endpoint e ON e.id = m.endpoint_id
                WHERE r.address = a.address AND r.status IN ('sent', 'delivered', 'simulated')
                  AND e.owner_agent_id = :agent AND m.direction = 'outbound'
                  AND (:message::uuid IS NULL OR m.id < :message))
            """)
        .param("agent", asked.agent().value())
        .param("conversation", asked.conversation() == null ? null : asked.conversation().value())
        .param("message", asked.message() == null ? null : asked.message().value())
        .param("mails", MAX_MAILS)
        .param("addresses", texts(recipients))
        .query(
            row -> {
              add(found, Origin.valueOf(row.getString("origin")), row.getString("address"));
            });
    return found;
  }

  private static void add(Map<Origin, Set<EmailAddress>> found, Origin origin, String address) {
    found.computeIfAbsent(origin, any -> new LinkedHashSet<>()).add(new EmailAddress(address));
  }

  private Set<EmailAddress> named(Query asked, Set<EmailAddress> rest) {
    Map<EmailAddress, MentionedAddress> searched = new LinkedHashMap<>();
    rest.forEach(one -> searched.put(one, new MentionedAddress(one)));
    List<UUID> mails =
        jdbc.sql(
                """
                (SELECT m.id FROM message m WHERE m.conversation_id = :conversation::uuid AND m.direction = 'inbound'
                  AND (:message::uuid IS NULL OR m.id < :message) ORDER BY m.id DESC LIMIT :mails)
                UNION
                (SELECT newest.id FROM endpoint e CROSS JOIN LATERAL (
                    SELECT m.id FROM message m WHERE m.endpoint_id = e.id AND m.direction = 'inbound'
                      AND (:message::uuid IS NULL OR m.id < :message) ORDER BY m.id DESC LIMIT :mails) newest
                  WHERE e.owner_agent_id = :agent ORDER BY newest.id DESC LIMIT :mails)
                ORDER BY id DESC
                """)
            .param("agent", asked.agent().value())
            .param(
                "conversation", asked.conversation() == null ? null : asked.conversation().value())
            .param("message", asked.message() == null ? null : asked.message().value())
            .param("mails", MAX_TEXTS)
            .query(UUID.class)
            .list();
    Set<EmailAddress> named = new LinkedHashSet<>();
    // The database leaves none out: it does not know the spellings that are searched for. A few at
    // a time, since they can be long.
    for (int i = 0; i < mails.size() && !searched.isEmpty(); i += TEXTS_AT_ONCE) {
      for (String one : texts(mails.subList(i, Math.min(i + TEXTS_AT_ONCE, mails.size())))) {
        String text = MentionedAddress.searchable(one);
        searched
            .entrySet()
            .removeIf(entry -> entry.getValue().isIn(text) && named.add(entry.getKey()));
      }
    }
    return named;
  }

  private List<String> texts(List<UUID> mails) {
    return jdbc.sql(
            """
            SELECT concat_ws(' ', m.from_address, array_to_string(m.to_addresses || m.cc_addresses, ' '), m.reply_to,
                m.subject, left(m.text_body, :text), left(m.html_body, :text),
                left(s.plain_text, :text), s.preheader, left(s.hidden::text, :text))
              FROM message m LEFT JOIN message_screening s ON s.message_id = m.id
              WHERE m.id = ANY (:mails)
            """)
        .param("mails", mails.toArray(UUID[]::new))
        .param("text", MAX_TEXT)
        .query(String.class)
        .list();
  }

  private static String[] texts(Collection<EmailAddress> addresses) {
    return addresses.stream().map(EmailAddress::value).toArray(String[]::new);
  }
}

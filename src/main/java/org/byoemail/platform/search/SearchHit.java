package org.byoemail.platform.search;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * A message that was found.
 *
 * @param account through which mail of its endpoint goes; null if absent
 * @param submissionId of an outbound message
 * @param to the first 100 addresses
 * @param status of an inbound mail or an outbound message
 * @param snippet pieces of its text in which the words of the query are between « and »
 * @param cursor where the next page starts if this is the last hit of one
 */
public record SearchHit(
    UUID id,
    String direction,
    OrganizationId organization,
    @Nullable UUID account,
    @Nullable String submissionId,
    UUID conversation,
    String from,
    List<String> to,
    String subject,
    String status,
    @Nullable String verdict,
    Instant createdAt,
    String snippet,
    String cursor) {

  /** A copy of the list is kept. */
  public SearchHit {
    to = List.copyOf(to);
  }
}

package org.byoemail.outbound.submission;

import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Finds submissions that were accepted before. */
@Repository
class EarlierSubmissions {

  private final JdbcClient jdbc;

  EarlierSubmissions(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * An accepted submission.
   *
   * @param digest its SHA-256, in hexadecimal
   */
  record Earlier(StoredMessageId messageId, String digest) {}

  Optional<Earlier> find(OrganizationId organization, String submissionId) {
    return jdbc.sql(
            """
            SELECT message_id, body_sha256 FROM outbound_submission
            WHERE organization = :organization AND submission_id = :id
            """)
        .param("organization", organization.value())
        .param("id", submissionId)
        .query(
            (row, number) ->
                new Earlier(
                    new StoredMessageId(row.getObject("message_id", UUID.class)),
                    HexFormat.of().formatHex(row.getBytes("body_sha256"))))
        .optional();
  }
}

package org.byoemail.outbound.submission.camel;

import java.util.List;
import java.util.Map;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.submission.InvalidField;
import org.byoemail.outbound.submission.SubmissionRejected;
import org.byoemail.outbound.submission.SubmissionSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The organisations of broker users.
 *
 * @param namesAmqpUsers whether the user named by a message from AMQP can be believed: with the
 *     embedded broker, and with an external Artemis whose users of one organisation may send to
 *     {@code email.outbound.<user>} alone; elsewhere a sender over AMQP can name any user
 * @param organizations the organisation of each user, {@code *} for every one; empty: each user may
 *     send for every one
 */
@ConfigurationProperties("byo.broker")
record ProducerSettings(
    @DefaultValue("false") boolean namesAmqpUsers,
    @DefaultValue Map<String, String> organizations) {
  private static final String EVERY = "*";

  /**
   * The organisation of a user.
   *
   * @param user as the broker validated it; null if it did not
   * @throws SubmissionRejected if the user has no organisation
   */
  SubmissionSource source(@Nullable String user, @Nullable String submissionId) {
    if (organizations.isEmpty()) {
      return SubmissionSource.everyOrganization();
    }
    String organization = user == null ? null : organizations.get(user);
    if (organization == null) {
      String reason =
          user == null
              ? "the broker did not say which user sent it (by AMQP, an external Artemis only does"
                  + " at email.outbound.<user>, with byo.broker.names-amqp-users; else use STOMP"
                  + " or JMS over Core)"
              : "the broker user " + user + " may not send for any organisation";
      throw new SubmissionRejected(submissionId, List.of(new InvalidField("", reason)));
    }
    return organization.equals(EVERY)
        ? SubmissionSource.everyOrganization()
        : new SubmissionSource(new OrganizationId(organization));
  }

  /** Whether the user has an organisation. */
  boolean maySend(@Nullable String user) {
    return organizations.isEmpty() || user != null && organizations.containsKey(user);
  }

  /** The organisation of a user; null if it may send for every one, or for none. */
  @Nullable OrganizationId organization(@Nullable String user) {
    String organization = user == null ? null : organizations.get(user);
    return organization == null || organization.equals(EVERY)
        ? null
        : new OrganizationId(organization);
  }
}

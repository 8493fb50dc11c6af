package org.byoemail.operations.setup;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.setup.ReviewerSetup.Draft;
import org.byoemail.outbound.outbox.ReviewMailing;
import org.byoemail.outbound.review.MailReviewer;
import org.byoemail.outbound.review.MailReviewers;
import org.byoemail.outbound.review.ReviewerConfirmations;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReviewerSetupTest {
  private static final OrganizationId ACME = new OrganizationId("acme");
  private static final EmailAddress EVA = new EmailAddress("eva@people.test");

  private final MailReviewers reviewers = mock(MailReviewers.class);
  private final ReviewerConfirmations confirmations = mock(ReviewerConfirmations.class);
  private final ReviewMailing mailing = mock(ReviewMailing.class);
  private final AuditLog audit = mock(AuditLog.class);
  private final ReviewerSetup setup =
      new ReviewerSetup(reviewers, confirmations, mailing, mock(Agents.class), audit);

  @BeforeEach
  void nobodyIsNamedYet() {
    MailReviewer eva =
        new MailReviewer(
            UUID.randomUUID(), ACME, List.of(), EVA, true, "user:admin", Instant.EPOCH, null);
    when(reviewers.create(any(), any(), any(), anyBoolean(), any()))
        .thenReturn(Optional.of(new MailReviewers.NewReviewer(eva, "code")));
  }

  @Test
  void withoutAgentsTheReviewerIsAskedAboutEveryAgent() {
    setup.create(ACME, new Draft("eva@people.test", null, "code"), "user:admin");

    verify(reviewers).create(eq(ACME), eq(EVA), eq(List.of()), eq(true), eq("user:admin"));
  }

  @Test
  void newReviewerIsSentALinkToConfirm() {
    UUID eva =
        setup
            .create(ACME, new Draft("eva@people.test", null, "code"), "user:admin")
            .reviewer()
            .id();

    verify(confirmations).request(eva);
  }

  @Test
  void linkIsSentAgainToUnconfirmedReviewersOnlyAndAFewTimesAnHour() {
    MailReviewer confirmed = reviewer(Instant.EPOCH);
    MailReviewer impatient = reviewer(null);
    MailReviewer other = reviewer(null);
    when(confirmations.request(other.id())).thenReturn(true);

    setup.askToConfirm(other);

    verify(audit).record(eq("reviewer.confirmation_requested"), eq(other.id()), eq(ACME), any());
    assertThatThrownBy(() -> setup.askToConfirm(confirmed)).hasMessageContaining("has confirmed");
    assertThatThrownBy(() -> setup.askToConfirm(impatient))
        .isInstanceOf(SetupConflict.class)
        .hasMessageContaining("3 mails within this hour");
  }

  @Test
  void withoutATransportNoLinkIsSentAndTheRemedyIsNamed() {
    when(mailing.missing()).thenReturn("set byo.transport.relay");

    assertThatThrownBy(() -> setup.askToConfirm(reviewer(null)))
        .isInstanceOf(SetupConflict.class)
        .hasMessage("set byo.transport.relay");
  }

  private static MailReviewer reviewer(@Nullable Instant confirmedAt) {
    return new MailReviewer(
        UUID.randomUUID(), ACME, List.of(), EVA, true, "user:admin", Instant.EPOCH, confirmedAt);
  }

  @Test
  void nullAmongTheAgentsIsRefused() {
    Draft draft = new Draft("eva@people.test", Arrays.asList((UUID) null), "code");

    assertThatThrownBy(() -> setup.create(ACME, draft, "user:admin"))
        .isInstanceOf(FieldsRefused.class)
        .hasMessageContaining("agents must be");
  }

  @Test
  void agentOutsideTheOrganizationIsRefused() {
    UUID stranger = UUID.randomUUID();

    assertThatThrownBy(
            () ->
                setup.create(
                    ACME, new Draft("eva@people.test", List.of(stranger), null), "user:admin"))
        .isInstanceOf(FieldsRefused.class)
        .hasMessageContaining(stranger.toString());
  }
}

package org.byoemail.operations.retention;

import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.inbound.ingest.TrustedWays;
import org.byoemail.operations.retention.Erasures.Counts;
import org.byoemail.operations.retention.Erasures.Open;
import org.byoemail.outbound.delivery.DeliveryConflict;
import org.byoemail.outbound.delivery.DeliveryLifecycle;
import org.byoemail.platform.conversation.SearchPage;
import org.byoemail.platform.event.EventCleanup;
import org.byoemail.webhook.WebhookAnswers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Erases the personal data of an address in short transactions: messages, other inbound mail,
 * events, then answers of webhooks, bounces, suppressions, rejected submissions and drafts.
 * Continues after a restart. Called by a route; thread-safe.
 */
@Component("erasureRun")
public class ErasureRun {
  private static final Logger log = LoggerFactory.getLogger(ErasureRun.class);

  private final Erasures erasures;
  private final ExpiredData things;
  private final PersonalData data;
  private final DeliveryLifecycle deliveries;
  private final WebhookAnswers answers;
  private final TrustedWays trusted;
  private final TransactionTemplate transaction;
  private final TransactionTemplate apart;

  ErasureRun(
      Erasures erasures,
      ExpiredData things,
      PersonalData data,
      DeliveryLifecycle deliveries,
      WebhookAnswers answers,
      TrustedWays trusted,
      PlatformTransactionManager transactions) {
    this.erasures = erasures;
    this.things = things;
    this.data = data;
    this.deliveries = deliveries;
    this.answers = answers;
    this.trusted = trusted;
    this.transaction = new TransactionTemplate(transactions);
    this.apart = new TransactionTemplate(transactions);
    this.apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
  }

  /** Does the next step of the oldest erasure, if there is one. */
  public void step() {
    transaction.executeWithoutResult(status -> erasures.next().ifPresent(this::step));
  }

  private void step(Open erasure) {
    switch (erasure.stage()) {
      case "messages" -> messages(erasure);
      case "mails" -> mails(erasure);
      case "events" -> events(erasure);
      default -> rest(erasure);
    }
  }

  private void messages(Open erasure) {
    SearchPage look = data.messages(erasure.organization(), erasure.address(), erasure.afterId());
    List<StoredMessageId> found = look.found().stream().map(StoredMessageId::new).toList();
    int deleted = 0;
    if (!found.isEmpty()) {
      found.forEach(message -> cancelIfWaiting(erasure, message));
      deliveries.forgetIds(found);
      List<String> raw = data.rawContents(found);
      deleted = things.delete(found);
      data.removeRaw(raw);
    }
    Counts counts = new Counts(deleted, found.size() - deleted, 0, 0, 0, 0, 0, 0);
    erasures.proceed(
        erasure.id(), look.next() == null ? "mails" : "messages", look.next(), 0, counts);
  }

  private void cancelIfWaiting(Open erasure, StoredMessageId message) {
    try {
      // In its own transaction: a conflict would abort the step's transaction.
      apart.executeWithoutResult(
          status -> {
            if (deliveries.cancel(message)) {
              erasures.cancelled(erasure, message);
            }
          });
    } catch (DeliveryConflict e) {
      log.debug("message {} is not cancelled: {}", message, e.getMessage());
    }
  }

  private void mails(Open erasure) {
    SearchPage look = data.mails(erasure.organization(), erasure.address(), erasure.afterId());
    if (!look.found().isEmpty()) {
      data.stripMails(look.found());
    }
    erasures.proceed(
        erasure.id(),
        look.next() == null ? "events" : "mails",
        look.next(),
        0,
        new Counts(0, 0, look.found().size(), 0, 0, 0, 0, 0));
  }

  private void events(Open erasure) {
    EventCleanup.Erased erased =
        data.events(erasure.organization(), erasure.address(), erasure.afterPosition());
    Long next = erased.next();
    boolean isEnd =
        next == null && !data.hasUnpublishedEvents(erasure.organization(), erasure.address());
    erasures.proceed(
        erasure.id(),
        isEnd ? "rest" : "events",
        null,
        next == null ? erasure.afterPosition() : next,
        new Counts(0, 0, 0, 0, erased.events(), 0, 0, 0));
  }

  private void rest(Open erasure) {
    OrganizationId organization = erasure.organization();
    String address = erasure.address();
    UUID next = answers.erase(organization, address, erasure.afterId());
    if (next != null) {
      erasures.proceed(erasure.id(), "rest", next, 0, Counts.NONE);
      return;
    }
    trusted.forget(organization, address);
    erasures.proceed(
        erasure.id(),
        "done",
        null,
        0,
        new Counts(
            0,
            0,
            0,
            data.bounces(organization, address),
            0,
            data.suppressions(organization, address),
            data.rejectedSubmissions(organization, address),
            things.deleteDraftsNaming(organization, address)));
    log.info("erasure {} is done", erasure.id());
  }
}

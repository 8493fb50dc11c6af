package org.byoemail.inbound.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.byoemail.account.registry.ContactPolicy.Mode;
import org.byoemail.account.registry.ContactPolicy.Unproven;
import org.byoemail.format.authentication.ArcChain;
import org.byoemail.format.authentication.SenderCheck;
import org.byoemail.format.authentication.SenderVerdict;
import org.byoemail.format.authentication.SenderVerdict.Kind;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.inbound.ingest.IngestDecision.Verdict;
import org.byoemail.platform.conversation.Conversations;
import org.springframework.stereotype.Component;

/**
 * Judges whether the sender of a mail that was read is who it says, and has a person review it
 * where the agent's policy asks for proof. An open policy asks it of its contacts only: what names
 * one in From, and is not proven, is a stranger's mail. In a route without this step all such mail
 * is held.
 *
 * <p>Waits for DNS, outside of any transaction. Safe for use by many threads.
 */
@Component("senderReview")
public class SenderReview {
  /**
   * How often a mail is judged again: for about a week, as it becomes one try an hour. Tries are
   * counted rather than time, in which the gateway may have stood still.
   */
  private static final int MAX_RECHECKS = 172;

  private static final String NOT_JUDGED =
      "its sender was not judged: the route inbound-deliver-read lacks the step senderReview";
  private static final Duration ANSWER_TIME = Duration.ofDays(30);
  private static final int MAX_REFERENCES = 20;

  private final SenderAuthentication servers;
  private final CachedTxtRecords texts;
  private final Conversations conversations;
  private final TrustedWays trusted;
  private final Clock clock;
  private final Lookalikes lookalikes;
  private final Set<String> sealers;

  SenderReview(
      SenderAuthentication servers,
      CachedTxtRecords texts,
      Conversations conversations,
      TrustedWays trusted,
      Lookalikes lookalikes,
      ArcSettings arc,
      Clock clock) {
    this.servers = servers;
    this.texts = texts;
    this.conversations = conversations;
    this.trusted = trusted;
    this.clock = clock;
    this.sealers = arc.trusted();
    this.lookalikes = lookalikes;
  }

  /** Judges a mail that was read and classified, and holds it if its policy says so. */
  public void review(IngestItem item) {
    if (item.decision().verdict() != Verdict.ACCEPT) {
      return;
    }
    SenderVerdict verdict = decided(forwarded(judge(item), item), item);
    item.judged(verdict);
    if (item.mail().isReleased()) {
      item.letIn(AdmissionReason.RELEASED);
    } else if (item.mail().isFromJunk()) {
      item.hold(HoldReason.JUNK, "its server filed it as junk: no policy lets it in");
    } else if (!verdict.isAuthentic()) {
      letInOrHold(item, verdict);
    }
    if (item.isFirstContact()) {
      item.resembles(
          item.mail()
              .headers()
              .from()
              .flatMap(
                  from ->
                      lookalikes.find(
                          item.destination().agent(),
                          item.policy().contacts(),
                          item.account().address(),
                          from))
              .orElse(null));
    }
    if (item.decision().verdict() == Verdict.ACCEPT) {
      // Here rather than in the transaction that stores it.
      item.screening();
    }
  }

  /** What DNS has not decided in so many tries is left to a person. */
  private static SenderVerdict decided(SenderVerdict verdict, IngestItem item) {
    boolean tooLong = verdict.kind() == Kind.UNDECIDED && item.mail().rechecks() >= MAX_RECHECKS;
    return tooLong
        ? verdict.givenUp(
            "DNS did not answer for about 7 days, in %d tries; no further lookups are made"
                .formatted(MAX_RECHECKS))
        : verdict;
  }

  private SenderVerdict judge(IngestItem item) {
    Instant received = item.mail().receivedAt();
    try (InputStream raw = item.mail().raw().open()) {
      return SenderCheck.of(
          item.parsed(),
          raw,
          servers.rule(item.account()),
          isOfOwnDomain(item),
          received == null ? clock.instant() : received,
          texts.forOneMail(item.mail().quarantineId().isPresent()));
    } catch (IOException e) {
      throw new UncheckedIOException("a fetched mail cannot be read back", e);
    }
  }

  /** What a trusted forwarder or list changed, so that the server says dmarc=fail, is unproven. */
  private SenderVerdict forwarded(SenderVerdict verdict, IngestItem item) {
    if (verdict.kind() != Kind.FORGED || sealers.isEmpty()) {
      return verdict;
    }
    Instant received = item.mail().receivedAt();
    try (InputStream raw = item.mail().raw().open()) {
      return ArcChain.authenticatedBy(
              raw,
              item.parsed(),
              sealers,
              received == null ? clock.instant() : received,
              texts.forOneMail(item.mail().quarantineId().isPresent()))
          .map(verdict::forwardedBy)
          .orElse(verdict);
    } catch (IOException e) {
      throw new UncheckedIOException("a fetched mail cannot be read back", e);
    }
  }

  /** Whether From is of the account's own domain, and that is no public provider's. */
  private boolean isOfOwnDomain(IngestItem item) {
    String own = item.account().address().domain();
    return !lookalikes.isPublic(own)
        && item.mail()
            .headers()
            .from()
            .filter(from -> from.address().domain().equals(own))
            .isPresent();
  }

  /** What is not authentic under a policy that asks for proof, at least of its contacts. */
  private void letInOrHold(IngestItem item, SenderVerdict verdict) {
    if (item.policy().unproven() != Unproven.HOLD) {
      return;
    }
    EmailAddress sender = item.mail().headers().from().map(NamedAddress::address).orElse(null);
    boolean open = item.policy().inbound() == Mode.OPEN;
    if (open && (sender == null || !item.policy().lists(sender))) {
      return;
    }
    boolean forged = verdict.kind() == Kind.FORGED;
    if (sender != null
        && hasOneAuthor(item.mail().headers())
        && trusted.trusts(item.destination().agent(), sender, verdict.proofs())) {
      item.letIn(AdmissionReason.TRUSTED_WAY);
    } else if (!forged && sender != null && answersOurs(item, sender, verdict)) {
      item.letIn(AdmissionReason.ANSWERS_OURS);
    } else if (open) {
      item.treatAsStranger();
    } else {
      item.decide(IngestDecision.hold(reason(verdict)));
    }
  }

  /**
   * Holds a mail that would reach an agent whose policy asks for proof, and that no step has
   * judged: an edited route may lack this one.
   *
   * @return whether it is held
   */
  static boolean holdUnjudged(IngestItem item) {
    if (!item.lacksJudgement()) {
      return false;
    }
    item.judged(SenderVerdict.unknown());
    item.decide(IngestDecision.hold(NOT_JUDGED));
    return true;
  }

  private static String reason(SenderVerdict verdict) {
    return switch (verdict.kind()) {
      case FORGED -> "forged: " + verdict.reason() + perhapsList(verdict);
      case UNDECIDED -> "not decided yet: " + verdict.reason() + "; it is tried again";
      default -> "its sender is not proven: " + verdict.reason();
    };
  }

  private static String perhapsList(SenderVerdict verdict) {
    boolean list =
        verdict.facts().stream()
            .anyMatch(one -> one.kind().equals("list") || one.kind().equals("forwarded"));
    return list ? "; perhaps a mailing list or a forwarder" : "";
  }

  /**
   * Whether it answers a Message-ID that was sent to its sender alone, who therefore knew it, and
   * wants answers nowhere else.
   */
  private boolean answersOurs(IngestItem item, EmailAddress sender, SenderVerdict verdict) {
    MailHeaders headers = item.mail().headers();
    if (item.policy().inbound() == Mode.LISTED
        || verdict.proofs().dmarcFailed()
        || item.authentication() == Authentication.FAIL
        || !hasOneAuthor(headers)
        || headers.all("Reply-To").size() > 1
        || headers.replyTo().stream().anyMatch(one -> !one.address().equals(sender))) {
      return false;
    }
    List<String> ids =
        Stream.concat(headers.inReplyTo().stream(), headers.references().stream())
            .map(MessageId::value)
            .distinct()
            .limit(MAX_REFERENCES)
            .toList();
    return !ids.isEmpty()
        && conversations.isAnsweredBy(
            item.destination().agent(), ids, sender, clock.instant().minus(ANSWER_TIME));
  }

  private static boolean hasOneAuthor(MailHeaders headers) {
    return headers.all("From").size() == 1 && headers.addresses("From").size() == 1;
  }
}

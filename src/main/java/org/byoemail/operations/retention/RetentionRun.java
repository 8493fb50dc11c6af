package org.byoemail.operations.retention;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.dossier.DossierCleanup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Deletes data after its retention period, in steps: each is a short transaction of a few hundred
 * rows followed by a pause, so that sending is not delayed. Runs on one node at a time. Called by a
 * route; thread-safe.
 */
@Component("retentionRun")
public class RetentionRun {
  private static final Logger log = LoggerFactory.getLogger(RetentionRun.class);
  private static final UUID FIRST = new UUID(0, 0);

  private final Retentions retentions;
  private final ExpiredData things;
  private final TransactionTemplate transactions;
  private final DossierCleanup dossiers;
  private final RetentionSettings settings;
  private final Clock clock;
  private final MeterRegistry meters;
  private final Deque<Job> jobs = new ArrayDeque<>();

  /** The message up to which attachments and raw mail have been deleted. */
  private final Map<String, UUID> gone = new HashMap<>();

  private Instant nextRun = Instant.MIN;
  private long deleted;

  RetentionRun(
      Retentions retentions,
      ExpiredData things,
      TransactionTemplate transactions,
      DossierCleanup dossiers,
      RetentionSettings settings,
      Clock clock,
      MeterRegistry meters) {
    this.retentions = retentions;
    this.things = things;
    this.transactions = transactions;
    this.dossiers = dossiers;
    this.settings = settings;
    this.clock = clock;
    this.meters = meters;
    for (Kind kind : Kind.values()) {
      counter(kind);
    }
  }

  private enum Kind {
    MESSAGES,
    DOSSIERS,
    DRAFTS,
    EVENTS,
    ATTACHMENTS,
    RAW_MAIL,
    QUARANTINE;

    @Nullable Integer of(RetentionPeriods times) {
      return switch (this) {
        case MESSAGES, DOSSIERS, DRAFTS -> times.messages();
        case EVENTS -> times.events();
        case ATTACHMENTS -> times.attachments();
        case RAW_MAIL -> times.rawMail();
        case QUARANTINE -> times.quarantine();
      };
    }

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static final class Job {
    private final Kind kind;
    private final OrganizationId organization;
    private final Instant before;
    private UUID after;

    Job(Kind kind, OrganizationId organization, Instant before, UUID after) {
      this.kind = kind;
      this.organization = organization;
      this.before = before;
      this.after = after;
    }

    String place() {
      return kind + " " + organization;
    }
  }

  /** Does the next step, if there is one. */
  public synchronized void step() {
    if (jobs.isEmpty() && !begin()) {
      return;
    }
    Job job = Objects.requireNonNull(jobs.peek());
    ExpiredData.Step step =
        transactions.execute(status -> retentions.lock() ? step(job) : ExpiredData.Step.NONE);
    if (step == null || step == ExpiredData.Step.NONE) {
      return;
    }
    counter(job.kind).increment(step.deleted());
    deleted += step.deleted();
    if (step.next() != null) {
      job.after = step.next();
      if (job.kind == Kind.ATTACHMENTS || job.kind == Kind.RAW_MAIL) {
        gone.put(job.place(), job.after);
      }
    }
    if (step.isLast()) {
      jobs.remove();
      if (jobs.isEmpty()) {
        end();
      }
    }
  }

  private boolean begin() {
    if (clock.instant().isBefore(nextRun)) {
      return false;
    }
    Set<OrganizationId> organizations = new TreeSet<>(things.organizations());
    organizations.addAll(retentions.organizations());
    for (OrganizationId organization : organizations) {
      RetentionPeriods times = retentions.effective(organization);
      for (Kind kind : Kind.values()) {
        Integer days = kind.of(times);
        if (days != null && days > 0) {
          Instant before = clock.instant().minus(Duration.ofDays(days));
          UUID after = gone.getOrDefault(kind + " " + organization, FIRST);
          jobs.add(new Job(kind, organization, before, after));
        }
      }
    }
    if (jobs.isEmpty()) {
      end();
    }
    return !jobs.isEmpty();
  }

  private void end() {
    nextRun = clock.instant().plus(settings.pause());
    if (deleted > 0) {
      log.info("retention: {} rows or files were deleted after their retention period", deleted);
    }
    deleted = 0;
  }

  private ExpiredData.Step step(Job job) {
    OrganizationId organization = job.organization;
    return switch (job.kind) {
      case MESSAGES -> things.deleteMessages(organization, job.before, job.after);
      case DOSSIERS -> {
        int seals = dossiers.prune(organization, job.before);
        yield new ExpiredData.Step(seals, null, seals == 0);
      }
      case DRAFTS -> things.deleteDrafts(organization, job.before);
      case EVENTS -> things.deleteEvents(organization, job.before);
      case ATTACHMENTS -> things.dropFiles(organization, job.before, job.after);
      case RAW_MAIL -> things.dropRawMail(organization, job.before, job.after);
      case QUARANTINE -> things.endQuarantine(organization, job.before);
    };
  }

  private Counter counter(Kind kind) {
    return Counter.builder("byo.retention.deleted")
        .tag("kind", kind.word())
        .description("what was deleted after its retention period")
        .register(meters);
  }
}

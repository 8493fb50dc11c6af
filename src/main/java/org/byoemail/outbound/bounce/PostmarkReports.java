package org.byoemail.outbound.bounce;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.byoemail.outbound.delivery.ReportableAttempt;
import org.byoemail.outbound.delivery.ReportableAttempts;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Records what Postmark posts about mail that it sent for the platform: bounces, deliveries and
 * spam complaints. Safe for use by many threads and nodes.
 */
@Component
public class PostmarkReports {
  private final PostmarkWebhookSettings settings;
  private final ReportableAttempts attempts;
  private final BounceRecorder recorder;
  private final MeterRegistry meters;

  PostmarkReports(
      PostmarkWebhookSettings settings,
      ReportableAttempts attempts,
      BounceRecorder recorder,
      MeterRegistry meters) {
    this.settings = settings;
    this.attempts = attempts;
    this.recorder = recorder;
    this.meters = meters;
  }

  /** Whether a secret is set: without one nothing is taken. */
  public boolean areTaken() {
    return settings.secret() != null;
  }

  /** Whether that is the secret. Takes the same time for every wrong one. */
  public boolean isSecret(@Nullable String candidate) {
    String secret = settings.secret();
    return secret != null
        && candidate != null
        && MessageDigest.isEqual(
            secret.getBytes(StandardCharsets.UTF_8), candidate.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Records one report. A report that was recorded before changes nothing, and neither does one
   * about mail of another system that uses the same server at Postmark.
   *
   * @throws IllegalArgumentException if it is not what Postmark posts; names the field
   */
  @Transactional
  public void record(byte[] body) {
    count(PostmarkReport.read(body).map(this::record).orElse("ignored"));
  }

  private String record(PostmarkReport report) {
    Optional<ReportableAttempt> sent = attempts.byPostmark(report.attempt(), report.postmarkId());
    if (sent.isEmpty()) {
      return "unmatched";
    }
    boolean fresh =
        recorder.record(
            report.classification(),
            new ReportOrigin.Provider(sent.get().organization(), "postmark:" + report.id()),
            sent.get());
    return fresh ? "recorded" : "repeated";
  }

  private void count(String outcome) {
    meters.counter("byo.postmark.reports", "outcome", outcome).increment();
  }
}

package org.byoemail.inbound.scan;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The scanners that are set, asked one after the other. One that cannot be reached, or that failed
 * for several mails in a row, is not asked for a while, so that mail does not wait for it one
 * timeout after the other. To be called without a transaction. Safe for use by many threads.
 */
@Component
public class Scanners {
  private static final Logger log = LoggerFactory.getLogger(Scanners.class);

  /** A single mail that it cannot scan does not make all others wait. */
  private static final int FAILURES_IN_A_ROW = 3;

  private final List<Scanner> scanners = new ArrayList<>();
  private final Map<String, Instant> unavailable = new ConcurrentHashMap<>();
  private final Map<String, Integer> failures = new ConcurrentHashMap<>();
  private final Duration pause;
  private final Clock clock;
  private final MeterRegistry meters;

  Scanners(ScanSettings settings, Clock clock, MeterRegistry meters) {
    this.pause = settings.pause();
    this.clock = clock;
    this.meters = meters;
    if (!settings.clamd().isEmpty()) {
      scanners.add(new ClamdScanner(settings.clamd(), settings.timeout()));
    }
    if (settings.icap() != null) {
      scanners.add(new IcapScanner(settings.icap(), settings.icapPort(), settings.timeout()));
    }
    if (settings.service() != null) {
      scanners.add(new ServiceScanner(settings.service(), settings.timeout()));
    }
  }

  /** Opens the mail, once for each scanner. */
  public interface Source {
    /** A new stream of its bytes, which the caller closes. */
    InputStream open() throws IOException;
  }

  /** Whether any is set. */
  public boolean areSet() {
    return !scanners.isEmpty();
  }

  /**
   * Scans a mail by all of them, up to the first that objects.
   *
   * @param size in bytes
   * @throws ScannerUnavailable if one of them does not answer
   * @throws IOException if the mail cannot be read
   */
  public ScanResult scan(Source mail, long size) throws ScannerUnavailable, IOException {
    for (Scanner scanner : scanners) {
      try (InputStream bytes = mail.open()) {
        ScanResult result = scan(scanner, bytes, size);
        if (result.kind() != ScanResult.Kind.CLEAN) {
          return result;
        }
      }
    }
    return new ScanResult("all", ScanResult.Kind.CLEAN, null);
  }

  private ScanResult scan(Scanner scanner, InputStream mail, long size) throws ScannerUnavailable {
    Instant until = unavailable.get(scanner.name());
    if (until != null && clock.instant().isBefore(until)) {
      throw new ScannerUnavailable(scanner.name(), "it did not answer lately", false);
    }
    Timer.Sample sample = Timer.start(meters);
    try {
      ScanResult result = scanner.scan(mail, size);
      sample.stop(timer(scanner, result.kind().name().toLowerCase(Locale.ROOT)));
      failures.remove(scanner.name());
      if (unavailable.remove(scanner.name()) != null) {
        log.info("The scanner {} answers again", scanner.name());
      }
      return result;
    } catch (IOException e) {
      sample.stop(timer(scanner, "failed"));
      boolean reached = !(e instanceof ConnectException);
      int inARow = failures.merge(scanner.name(), 1, Integer::sum);
      if (reached && inARow < FAILURES_IN_A_ROW) {
        log.warn("The scanner {} failed for a mail, which is held", scanner.name(), e);
      } else if (unavailable.put(scanner.name(), clock.instant().plus(pause)) == null) {
        log.error("The scanner {} does not answer; mail is held until it does", scanner.name(), e);
      }
      throw new ScannerUnavailable(scanner.name(), String.valueOf(e.getMessage()), reached);
    }
  }

  private Timer timer(Scanner scanner, String outcome) {
    return Timer.builder("byo.inbound.scan")
        .description("Time to scan a mail")
        .tag("scanner", scanner.name())
        .tag("outcome", outcome)
        .register(meters);
  }
}

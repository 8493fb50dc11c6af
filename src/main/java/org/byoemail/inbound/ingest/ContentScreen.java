package org.byoemail.inbound.ingest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.byoemail.account.registry.FindingAction;
import org.byoemail.format.screen.Finding;
import org.byoemail.inbound.ingest.IngestDecision.Verdict;
import org.byoemail.inbound.mailbox.RawMail;
import org.byoemail.inbound.scan.ScanResult;
import org.byoemail.inbound.scan.ScannerUnavailable;
import org.byoemail.inbound.scan.Scanners;
import org.springframework.stereotype.Component;

/**
 * Shows a mail that is about to be taken in to the scanners that are set, and does with its
 * findings what its agent wants. While a scanner is unavailable the mail is held, and it is scanned
 * again by itself. What a person has let in after it was held for its content is not screened
 * again.
 *
 * <p>Waits for the scanners, outside of any transaction. Safe for use by many threads.
 */
@Component("contentScreen")
public class ContentScreen {
  /**
   * So many scans that fail for one mail, though the scanner can be reached, leave it to a person:
   * about a day, as it becomes one try an hour.
   */
  private static final int MAX_FAILURES = 30;

  private final Scanners scanners;

  ContentScreen(Scanners scanners) {
    this.scanners = scanners;
  }

  /** Screens a mail that was read and judged, and holds or refuses it if need be. */
  public void screen(IngestItem item) {
    item.screened();
    // Not what was let in before it was scanned.
    boolean reviewed =
        item.mail().isReviewed() && HoldReason.of(item.mail().heldBecause()).isContent();
    if (item.decision().verdict() != Verdict.ACCEPT || reviewed) {
      return;
    }
    if (scanners.areSet()) {
      scan(item);
    }
    if (item.decision().verdict() == Verdict.ACCEPT) {
      applyActions(item);
    }
  }

  private void scan(IngestItem item) {
    try {
      RawMail raw = item.mail().raw();
      ScanResult result = scanners.scan(raw::open, raw.size());
      switch (result.kind()) {
        case MALWARE ->
            item.hold(HoldReason.MALWARE, result.scanner() + " found malware: " + result.reason());
        case HOLD -> item.hold(HoldReason.SCANNER, result.scanner() + ": " + result.reason());
        case REFUSE ->
            item.decide(IngestDecision.refuse(result.scanner() + ": " + result.reason()));
        default -> {}
      }
    } catch (ScannerUnavailable e) {
      if (e.wasReached()) {
        item.scanFailed();
        if (item.mail().scanFailures() + 1 >= MAX_FAILURES) {
          item.hold(
              HoldReason.SCANNER,
              "not scanned in %d tries: %s".formatted(MAX_FAILURES, e.getMessage()));
          return;
        }
      }
      item.holdUntilScanned("not scanned yet: " + e.getMessage() + "; it is tried again");
    } catch (IOException e) {
      throw new UncheckedIOException("a fetched mail cannot be read back", e);
    }
  }

  private static void applyActions(IngestItem item) {
    Map<String, FindingAction> actions = item.policy().findings();
    if (actions.isEmpty()) {
      return;
    }
    // What names a contact or a correspondent without proof may be anybody's.
    Stream<String> unproven =
        item.mayBeFirstContact() ? Stream.of(Finding.Kind.FIRST_CONTACT.word()) : Stream.empty();
    List<String> held =
        Stream.concat(item.screening().findings().stream().map(Screening.Found::kind), unproven)
            .filter(kind -> actions.get(kind) == FindingAction.HOLD)
            .distinct()
            .toList();
    if (!held.isEmpty()) {
      item.hold(HoldReason.FINDING, "held by contactPolicy.findings: " + String.join(", ", held));
      return;
    }
    Set<String> allowed =
        actions.entrySet().stream()
            .filter(one -> one.getValue() == FindingAction.ALLOW)
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    item.allowFindings(allowed);
  }
}

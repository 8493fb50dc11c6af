package org.byoemail.operations.setup;

import java.util.List;
import org.byoemail.account.alias.CatchAll;
import org.byoemail.account.alias.CatchAlls;
import org.byoemail.account.alias.CatchAlls.Recheck;
import org.byoemail.account.discovery.DnsTxtLookup;
import org.byoemail.account.discovery.DnsTxtLookup.TextsUnknown;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Looks up the TXT records again by which catch-all domains were proved, since a domain may be sold
 * or expire. A lookup that fails says nothing about the record. Safe for use by many nodes.
 */
@Component("domainChecks")
public class DomainChecks {
  private static final Logger log = LoggerFactory.getLogger(DomainChecks.class);

  /** Bounds the time of a round: a lookup takes seconds if DNS does not answer. */
  private static final int BATCH = 10;

  private final CatchAlls catchAlls;
  private final DnsTxtLookup texts;
  private final DomainCheckSettings settings;

  DomainChecks(CatchAlls catchAlls, DnsTxtLookup texts, DomainCheckSettings settings) {
    this.catchAlls = catchAlls;
    this.texts = texts;
    this.settings = settings;
  }

  /** Looks up the domains that are due, some at a time. */
  public void round() {
    catchAlls.takeUnchecked(settings.interval(), BATCH).forEach(this::check);
  }

  private void check(CatchAll domain) {
    List<String> found;
    try {
      found = texts.of(domain.recordName());
    } catch (TextsUnknown e) {
      log.info("The proof of {} was not looked up again: {}", domain.domain(), e.getMessage());
      return;
    }
    Recheck result = catchAlls.rechecked(domain, found, settings.grace());
    if (result != Recheck.PROVED) {
      log.warn(
          "The TXT record {} of account {} is missing{}",
          domain.recordName(),
          domain.account(),
          result == Recheck.LOST ? ": the domain is lost" : "");
    }
  }
}

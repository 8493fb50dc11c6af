package org.byoemail.account.discovery;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.byoemail.account.connection.Deadline;
import org.byoemail.account.connection.WebDocument;
import org.byoemail.account.connection.WebFailed;
import org.byoemail.account.connection.WebFetch;
import org.byoemail.account.discovery.Discovered.Step;
import org.byoemail.account.discovery.Proposal.Confidence;
import org.byoemail.account.discovery.Proposal.Source;
import org.byoemail.format.mail.EmailAddress;
import org.springframework.stereotype.Component;

/**
 * Reads documents in Thunderbird's autoconfig format, over HTTPS only, from the domain itself and
 * from a database of providers.
 */
@Component
class AutoconfigSearch {
  private static final int BAD_REQUEST = 400;
  private static final int UNPROCESSABLE = 422;

  private final WebFetch web;
  private final ProposalBuilder candidates;

  AutoconfigSearch(WebFetch web, ProposalBuilder candidates) {
    this.web = web;
    this.candidates = candidates;
  }

  /** The document at {@code autoconfig.<domain>}. */
  Discovered atAutoconfigHost(EmailAddress address, Deadline deadline) {
    return ofDomain(
        address, "https://autoconfig." + address.domain() + "/mail/config-v1.1.xml", deadline);
  }

  /** The document below {@code .well-known} of the domain. */
  Discovered atWellKnown(EmailAddress address, Deadline deadline) {
    return ofDomain(
        address,
        "https://" + address.domain() + "/.well-known/autoconfig/mail/config-v1.1.xml",
        deadline);
  }

  /** The database's document for the domain of the address, or of its mail exchanger. */
  Discovered inDatabase(URI database, String domain, EmailAddress address, Deadline deadline) {
    String base = database.toString();
    String at = (base.endsWith("/") ? base : base + "/") + domain;
    try {
      return read(
          web.get(URI.create(at), deadline), address, Source.ISPDB, Confidence.MEDIUM, deadline);
    } catch (WebFailed | DocumentRefused e) {
      return nothing(Source.ISPDB, e.getMessage());
    }
  }

  private Discovered ofDomain(EmailAddress address, String at, Deadline deadline) {
    try {
      WebDocument document = web.get(URI.create(at), deadline);
      // The local part is sent only to a server that does not answer without it.
      if (document.status() == BAD_REQUEST || document.status() == UNPROCESSABLE) {
        String query = URLEncoder.encode(address.value(), StandardCharsets.UTF_8);
        document = web.get(URI.create(at + "?emailaddress=" + query), deadline);
      }
      return read(document, address, Source.AUTOCONFIG, Confidence.HIGH, deadline);
    } catch (WebFailed | DocumentRefused e) {
      return nothing(Source.AUTOCONFIG, e.getMessage());
    }
  }

  private Discovered read(
      WebDocument document,
      EmailAddress address,
      Source source,
      Confidence confidence,
      Deadline deadline)
      throws DocumentRefused {
    String host = document.uri().getHost();
    if (!document.isOk()) {
      return nothing(source, host + " answered " + document.status());
    }
    Autoconfig found;
    try {
      found = Autoconfig.parse(document.body(), address);
    } catch (DocumentRefused e) {
      throw new DocumentRefused(host + ": " + e.getMessage(), e);
    }
    if (found.smtp() == null && found.imap() == null) {
      return nothing(source, host + " names no IMAP or SMTP server with TLS");
    }
    return candidates.of(
        source,
        confidence,
        found.displayName() == null ? address.domain() : found.displayName(),
        found.smtp(),
        found.imap(),
        List.of(),
        deadline);
  }

  private static Discovered nothing(Source source, String reason) {
    return new Discovered(List.of(), List.of(new Step(source.word(), false, reason)));
  }
}

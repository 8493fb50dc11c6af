package org.byoemail.account.discovery;

import java.util.ArrayList;
import java.util.List;
import org.byoemail.account.connection.Deadline;
import org.byoemail.account.discovery.Discovered.Step;
import org.byoemail.account.discovery.NameServer.LookupFailed;
import org.byoemail.account.discovery.NameServer.Service;
import org.byoemail.account.discovery.Proposal.Confidence;
import org.byoemail.account.discovery.Proposal.Server;
import org.byoemail.account.discovery.Proposal.Source;
import org.byoemail.account.provider.Providers;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.mail.EmailAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Reads the SRV records of a domain (RFC 6186, RFC 8314 section 5.1). DNS is not authenticated, so
 * a server outside of the domain is proposed with low confidence, and the proposal says so (RFC
 * 6186 section 6), unless it belongs to a known provider.
 */
@Component
class SrvSearch {
  private final NameServer names;
  private final Providers providers;
  private final ProposalBuilder candidates;

  SrvSearch(NameServer names, Providers providers, ProposalBuilder candidates) {
    this.names = names;
    this.providers = providers;
    this.candidates = candidates;
  }

  Discovered search(EmailAddress address, Deadline deadline) {
    try {
      Server smtp = first(address, deadline, "_submissions._tcp", "_submission._tcp");
      Server imap = first(address, deadline, "_imaps._tcp", "_imap._tcp");
      if (smtp == null && imap == null) {
        return nothing(address.domain() + " has no SRV records for mail");
      }
      List<String> notes = new ArrayList<>();
      note(smtp, address, notes);
      note(imap, address, notes);
      return candidates.of(
          Source.SRV,
          notes.isEmpty() ? Confidence.MEDIUM : Confidence.LOW,
          address.domain(),
          smtp,
          imap,
          notes,
          deadline);
    } catch (LookupFailed e) {
      return nothing(e.getMessage());
    }
  }

  /** The preferred server: one with implicit TLS, if offered. */
  private @Nullable Server first(
      EmailAddress address, Deadline deadline, String implicit, String explicit)
      throws LookupFailed {
    Service ssl = offered(implicit, address, deadline);
    if (ssl != null) {
      return server(ssl, Security.SSL, address);
    }
    Service starttls = offered(explicit, address, deadline);
    return starttls == null ? null : server(starttls, Security.STARTTLS, address);
  }

  private @Nullable Service offered(String service, EmailAddress address, Deadline deadline)
      throws LookupFailed {
    // A target of "." says that the service is not offered.
    return names.srv(service + "." + address.domain(), deadline).stream()
        .filter(found -> !found.target().isEmpty() && found.port() > 0)
        .filter(found -> found.target().matches("[a-z0-9._-]{1,253}"))
        .findFirst()
        .orElse(null);
  }

  private static Server server(Service service, Security security, EmailAddress address) {
    return new Server(service.target(), service.port(), security, address.value());
  }

  private void note(@Nullable Server server, EmailAddress address, List<String> notes) {
    if (server == null || providers.ofServer(server.host(), server.port()).isPresent()) {
      return;
    }
    String domain = address.domain();
    if (!server.host().equals(domain) && !server.host().endsWith("." + domain)) {
      notes.add(
          "DNS names "
              + server.host()
              + ", which is not in "
              + domain
              + ", and DNS is not authenticated: check that this is your provider before you enter"
              + " a password.");
    }
  }

  private static Discovered nothing(String reason) {
    return new Discovered(List.of(), List.of(new Step(Source.SRV.word(), false, reason)));
  }
}

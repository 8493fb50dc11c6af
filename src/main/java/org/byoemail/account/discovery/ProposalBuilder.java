package org.byoemail.account.discovery;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.byoemail.account.connection.Deadline;
import org.byoemail.account.connection.MailServerProbe;
import org.byoemail.account.discovery.Discovered.Step;
import org.byoemail.account.discovery.Proposal.Confidence;
import org.byoemail.account.discovery.Proposal.Server;
import org.byoemail.account.discovery.Proposal.Source;
import org.byoemail.account.provider.MailServer;
import org.byoemail.account.provider.Provider;
import org.byoemail.account.provider.Providers;
import org.byoemail.account.provider.SignIn;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.EmailAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Builds proposals from what was found, without servers that this gateway would refuse. */
@Component
class ProposalBuilder {
  private final Providers providers;
  private final MailServerProbe probe;

  ProposalBuilder(Providers providers, MailServerProbe probe) {
    this.providers = providers;
    this.probe = probe;
  }

  /** The servers of a provider, which need no vetting now: the data file names them. */
  static Proposal of(
      Provider provider,
      EmailAddress address,
      @Nullable String tenant,
      Source source,
      Confidence confidence,
      List<String> furtherNotes) {
    return new Proposal(
        provider.name(),
        provider.displayName(),
        server(provider, address, Protocol.SMTP),
        server(provider, address, Protocol.IMAP),
        provider.signIn(),
        tenant,
        source,
        confidence,
        Stream.concat(furtherNotes.stream(), provider.notes().stream()).toList());
  }

  private static Server server(Provider provider, EmailAddress address, Protocol protocol) {
    MailServer server = provider.server(protocol);
    return new Server(
        server.host(), server.port(), server.security(), provider.username(address, protocol));
  }

  /**
   * Servers that DNS or a document names.
   *
   * @param displayName the provider's name for people
   */
  Discovered of(
      Source source,
      Confidence confidence,
      String displayName,
      @Nullable Server smtp,
      @Nullable Server imap,
      List<String> notes,
      Deadline deadline) {
    List<String> refused = new ArrayList<>();
    Server usableSmtp = usable(smtp, refused, deadline);
    Server usableImap = usable(imap, refused, deadline);
    List<Server> servers = Stream.of(usableImap, usableSmtp).filter(Objects::nonNull).toList();
    String detail =
        Stream.concat(
                servers.stream().map(server -> server.host() + ":" + server.port()),
                refused.stream())
            .collect(Collectors.joining("; "));
    Step step = new Step(source.word(), !servers.isEmpty(), detail);
    if (servers.isEmpty()) {
      return new Discovered(List.of(), List.of(step));
    }
    Provider provider = provider(servers);
    Proposal proposal =
        new Proposal(
            provider == null ? null : provider.name(),
            provider == null ? displayName : provider.displayName(),
            usableSmtp,
            usableImap,
            provider == null ? List.of(SignIn.password()) : provider.signIn(),
            null,
            source,
            confidence,
            Stream.concat(
                    notes.stream(), provider == null ? Stream.of() : provider.notes().stream())
                .toList());
    return new Discovered(List.of(proposal), List.of(step));
  }

  private @Nullable Server usable(
      @Nullable Server server, List<String> refused, Deadline deadline) {
    if (server == null) {
      return null;
    }
    String reason = probe.refusal(server.host(), server.port(), deadline);
    if (reason != null) {
      refused.add(reason);
      return null;
    }
    return server;
  }

  /** The provider that has all the servers; null if they have several, or an unknown one. */
  private @Nullable Provider provider(List<Server> servers) {
    List<Provider> known =
        servers.stream()
            .map(server -> providers.ofServer(server.host(), server.port()).orElse(null))
            .distinct()
            .toList();
    return known.size() == 1 ? known.get(0) : null;
  }
}

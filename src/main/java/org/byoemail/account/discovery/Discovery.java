package org.byoemail.account.discovery;

import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import org.byoemail.account.connection.Deadline;
import org.byoemail.account.connection.ServerTasks;
import org.byoemail.account.discovery.Discovered.Step;
import org.byoemail.account.discovery.NameServer.LookupFailed;
import org.byoemail.account.discovery.NameServer.MailExchanger;
import org.byoemail.account.discovery.Proposal.Confidence;
import org.byoemail.account.discovery.Proposal.Source;
import org.byoemail.account.provider.Provider;
import org.byoemail.account.provider.Providers;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Finds the settings of a mailbox by its address. The sources are asked in the order of {@link
 * Source}: a known provider, by domain or mail exchanger, ends the search; guesses are tried only
 * if nothing else was found. Blocks the calling thread for up to {@code byo.discovery.deadline},
 * and changes nothing. Safe for use by many threads.
 */
@Component
public class Discovery {
  private static final Logger log = LoggerFactory.getLogger(Discovery.class);
  private static final int MAX_PARENTS = 2;

  private final DiscoverySettings settings;
  private final Providers providers;
  private final NameServer names;
  private final Searches searches;
  private final SearchThreads threads;
  private final ServerTasks tasks;

  Discovery(
      DiscoverySettings settings,
      Providers providers,
      NameServer names,
      Searches searches,
      SearchThreads threads,
      ServerTasks tasks) {
    this.settings = settings;
    this.providers = providers;
    this.names = names;
    this.searches = searches;
    this.threads = threads;
    this.tasks = tasks;
  }

  /** The sources that cost more than a lookup. */
  @Component
  record Searches(
      AutoconfigSearch autoconfig, SrvSearch srv, MicrosoftSearch microsoft, GuessSearch guess) {}

  /**
   * Looks for the settings.
   *
   * @param organization whose limits apply; empty for the operator
   * @throws org.byoemail.account.connection.TooManyTests if too many searches and connection tests
   *     are running
   */
  public Discovered of(EmailAddress address, OrganizationId organization) {
    Optional<Provider> preset = providers.ofDomain(address.domain());
    if (preset.isPresent()) {
      return of(preset.get(), address, Source.PRESET, preset.get().displayName());
    }
    return tasks.search(organization, settings.deadline(), () -> search(address));
  }

  private static Discovered of(
      Provider provider, EmailAddress address, Source source, String detail) {
    return new Discovered(
        List.of(ProposalBuilder.of(provider, address, null, source, Confidence.HIGH, List.of())),
        List.of(new Step(source.word(), true, detail)));
  }

  private Discovered search(EmailAddress address) {
    Deadline deadline = Deadline.in(settings.deadline());
    List<Step> steps = new ArrayList<>();
    List<MailExchanger> exchangers = List.of();
    try {
      exchangers = names.mx(address.domain(), deadline);
    } catch (LookupFailed e) {
      steps.add(new Step(Source.MX.word(), false, e.getMessage()));
    }
    for (MailExchanger exchanger : exchangers) {
      Optional<Provider> provider = providers.ofMx(exchanger.host());
      if (provider.isPresent()) {
        return of(provider.get(), address, Source.MX, exchanger.host());
      }
    }
    String filter =
        exchangers.stream()
            .map(exchanger -> providers.filterOfMx(exchanger.host()))
            .flatMap(Optional::stream)
            .findFirst()
            .orElse(null);
    if (steps.isEmpty()) {
      steps.add(new Step(Source.MX.word(), false, described(address, exchangers, filter)));
    }
    List<Proposal> proposals = new ArrayList<>();
    sideBySide(address, exchangers, filter, deadline)
        .forEach(
            found -> {
              steps.addAll(found.steps());
              proposals.addAll(found.proposals());
            });
    if (proposals.isEmpty()) {
      Discovered guessed = searches.guess().search(address, deadline);
      steps.addAll(guessed.steps());
      proposals.addAll(guessed.proposals());
    }
    return new Discovered(ordered(proposals), steps);
  }

  private static String described(
      EmailAddress address, List<MailExchanger> exchangers, @Nullable String filter) {
    if (exchangers.isEmpty()) {
      return address.domain() + " has no mail exchanger";
    }
    String host = exchangers.get(0).host();
    if (host.isEmpty()) {
      return address.domain() + " accepts no mail";
    }
    return filter == null ? host + " has no known provider" : host + " is the filter " + filter;
  }

  private List<Discovered> sideBySide(
      EmailAddress address,
      List<MailExchanger> exchangers,
      @Nullable String filter,
      Deadline deadline) {
    // Guesses need some time of their own.
    Deadline until = deadline.orIn(settings.deadline().multipliedBy(2).dividedBy(3));
    List<Part> parts = new ArrayList<>();
    parts.add(
        new Part(
            Source.AUTOCONFIG,
            threads.submit(() -> searches.autoconfig().atAutoconfigHost(address, until))));
    parts.add(
        new Part(
            Source.AUTOCONFIG,
            threads.submit(() -> searches.autoconfig().atWellKnown(address, until))));
    parts.add(new Part(Source.SRV, threads.submit(() -> searches.srv().search(address, until))));
    if (filter != null) {
      parts.add(
          new Part(
              Source.AUTODISCOVER,
              threads.submit(() -> searches.microsoft().search(address, filter, until))));
    }
    URI database = settings.ispdb();
    if (database != null) {
      for (String domain : domains(address, exchangers)) {
        parts.add(
            new Part(
                Source.ISPDB,
                threads.submit(
                    () -> searches.autoconfig().inDatabase(database, domain, address, until))));
      }
    }
    return parts.stream().map(part -> part.await(until)).toList();
  }

  /** The domain, and those above its mail exchanger: providers are listed under these. */
  private static List<String> domains(EmailAddress address, List<MailExchanger> exchangers) {
    List<String> domains = new ArrayList<>(List.of(address.domain()));
    String rest = exchangers.isEmpty() ? "" : exchangers.get(0).host();
    for (int i = 0; i < MAX_PARENTS; i++) {
      rest = rest.substring(rest.indexOf('.') + 1);
      if (rest.indexOf('.') > 0 && rest.matches("[a-z0-9.-]+")) {
        domains.add(rest);
      }
    }
    return domains.stream().distinct().toList();
  }

  private static List<Proposal> ordered(List<Proposal> found) {
    List<Proposal> ordered = new ArrayList<>();
    found.stream()
        .sorted(Comparator.comparing(Proposal::confidence).thenComparing(Proposal::source))
        .filter(proposal -> ordered.stream().noneMatch(other -> other.hasServersOf(proposal)))
        .forEach(ordered::add);
    return ordered;
  }

  /** A part of a search that is running. */
  private record Part(Source source, Future<Discovered> work) {
    Discovered await(Deadline deadline) {
      try {
        return SearchThreads.await(work, deadline);
      } catch (ExecutionException e) {
        boolean late = e.getCause() instanceof TimeoutException;
        if (!late) {
          log.warn("A source of a discovery failed: {}", source, e);
        }
        return new Discovered(
            List.of(), List.of(new Step(source.word(), false, late ? "timed out" : "failed")));
      }
    }
  }
}

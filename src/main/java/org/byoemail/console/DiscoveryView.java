package org.byoemail.console;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.byoemail.account.discovery.Discovered;
import org.byoemail.account.discovery.Proposal;
import org.byoemail.account.provider.SignIn;

/**
 * The result of a search for settings, and the form that it filled.
 *
 * @param found the name of the provider or domain whose settings are in the form; empty if none
 * @param source where they come from, and how sure that is
 * @param others further proposals, as text
 */
record DiscoveryView(
    String found,
    String source,
    List<String> notes,
    List<WayView> ways,
    List<String> others,
    List<Discovered.Step> steps) {

  /** One way to sign in, as a sentence, with the steps of the provider. */
  record WayView(String words, List<String> steps) {
    private static WayView of(SignIn way) {
      String words =
          switch (way.way()) {
            case OAUTH -> "OAuth (" + way.oauthProvider() + ")";
            case APP_PASSWORD -> "App password";
            case PASSWORD -> "Password";
          };
      return new WayView(words, way.steps());
    }
  }

  static DiscoveryView of(Discovered discovered) {
    List<Proposal> proposals = discovered.proposals();
    if (proposals.isEmpty()) {
      return new DiscoveryView("", "", List.of(), List.of(), List.of(), discovered.steps());
    }
    Proposal first = proposals.get(0);
    return new DiscoveryView(
        first.displayName(),
        first.source().word() + ", confidence " + first.confidence().word(),
        first.notes(),
        first.signIn().stream().map(WayView::of).toList(),
        proposals.stream().skip(1).map(DiscoveryView::line).toList(),
        discovered.steps());
  }

  private static String line(Proposal proposal) {
    String servers =
        Stream.of(proposal.imap(), proposal.smtp())
            .filter(Objects::nonNull)
            .map(server -> server.host() + ":" + server.port())
            .collect(Collectors.joining(", "));
    return servers
        + " ("
        + proposal.source().word()
        + ", confidence "
        + proposal.confidence().word()
        + ")";
  }
}

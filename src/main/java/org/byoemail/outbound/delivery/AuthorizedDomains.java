package org.byoemail.outbound.delivery;

import java.net.IDN;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;

/**
 * Whose mail a transport of the platform carries: it leaves with the platform's good name, so an
 * address that an organisation has made up must not be among it.
 *
 * @param domains the From domains of the only organisation; with {@code *}, every domain of every
 *     organisation
 * @param organizations the From domains of each organisation by its name, {@code *} for every one
 */
record AuthorizedDomains(List<String> domains, Map<String, List<String>> organizations) {
  private static final String EVERY = "*";

  AuthorizedDomains {
    domains = normal(domains);
    organizations =
        organizations.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, one -> normal(one.getValue())));
  }

  boolean isEmpty() {
    return domains.isEmpty() && organizations.values().stream().allMatch(List::isEmpty);
  }

  /**
   * Whether mail of an organisation from that address is carried, regardless of other
   * organisations.
   */
  boolean isAuthorized(OrganizationId organization, EmailAddress from) {
    return domains.contains(EVERY)
        || lists(organizations.getOrDefault(organization.value(), List.of()), from)
        || lists(organizations.getOrDefault(EVERY, List.of()), from);
  }

  /** Whether mail from that address is authorized if there is only one organisation. */
  boolean isAuthorizedAlone(EmailAddress from) {
    return lists(domains, from);
  }

  /** Whether the domain of an address is listed, whichever organization it is listed for. */
  boolean isListed(EmailAddress from) {
    return lists(domains, from)
        || organizations.values().stream().anyMatch(listed -> lists(listed, from));
  }

  private static boolean lists(List<String> domains, EmailAddress from) {
    return domains.contains(EVERY) || domains.contains(from.domain());
  }

  private static List<String> normal(List<String> domains) {
    List<String> normal = new ArrayList<>();
    for (String domain : domains) {
      if (!domain.isBlank()) {
        normal.add(IDN.toASCII(domain.strip(), IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT));
      }
    }
    return List.copyOf(normal);
  }
}

package org.byoemail.account.discovery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.account.connection.Deadline;
import org.byoemail.account.connection.WebDocument;
import org.byoemail.account.connection.WebFailed;
import org.byoemail.account.connection.WebFetch;
import org.byoemail.account.discovery.Discovered.Step;
import org.byoemail.account.discovery.NameServer.LookupFailed;
import org.byoemail.account.discovery.Proposal.Confidence;
import org.byoemail.account.discovery.Proposal.Source;
import org.byoemail.account.provider.Provider;
import org.byoemail.account.provider.Providers;
import org.byoemail.format.mail.EmailAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Checks whether Microsoft 365 is behind a mail filter: whether the domain's autodiscover name
 * leads to Microsoft, and whether Microsoft has an OpenID configuration of the domain, which names
 * its tenant.
 */
@Component
class MicrosoftSearch {
  private static final String PROVIDER = "microsoft-365";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern TENANT =
      Pattern.compile("/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:/|$)");

  private final DiscoverySettings settings;
  private final NameServer names;
  private final WebFetch web;
  private final Provider microsoft;

  MicrosoftSearch(DiscoverySettings settings, NameServer names, WebFetch web, Providers providers) {
    this.settings = settings;
    this.names = names;
    this.web = web;
    this.microsoft = providers.find(PROVIDER).orElseThrow();
  }

  /**
   * Searches.
   *
   * @param filter the name of the mail filter in front of the mailbox
   */
  Discovered search(EmailAddress address, String filter, Deadline deadline) {
    boolean autodiscover = leadsToMicrosoft(address.domain(), deadline);
    String tenant = tenant(address.domain(), deadline);
    if (!autodiscover && tenant == null) {
      return new Discovered(
          List.of(),
          List.of(
              new Step(
                  Source.AUTODISCOVER.word(),
                  false,
                  "mail goes through " + filter + ", and the host of the mailbox is unknown")));
    }
    Confidence confidence =
        !autodiscover ? Confidence.LOW : tenant == null ? Confidence.MEDIUM : Confidence.HIGH;
    List<String> notes =
        autodiscover
            ? List.of()
            : List.of(
                address.domain()
                    + " has a Microsoft Entra tenant, which does not prove that its mailboxes are"
                    + " at Microsoft 365.");
    String detail =
        "behind "
            + filter
            + (autodiscover ? ", autodiscover leads to Microsoft" : "")
            + (tenant == null ? "" : ", tenant " + tenant);
    return new Discovered(
        List.of(
            ProposalBuilder.of(microsoft, address, tenant, Source.AUTODISCOVER, confidence, notes)),
        List.of(new Step(Source.AUTODISCOVER.word(), true, detail)));
  }

  private boolean leadsToMicrosoft(String domain, Deadline deadline) {
    String name = "autodiscover." + domain;
    try {
      if (isMicrosoft(names.cname(name, deadline))) {
        return true;
      }
    } catch (LookupFailed e) {
      return false;
    }
    try {
      // Plain HTTP, as Exchange clients do; only a redirect to a host of Microsoft counts.
      URI location =
          web.redirect(URI.create("http://" + name + "/autodiscover/autodiscover.xml"), deadline);
      return location != null && isMicrosoft(location.getHost());
    } catch (WebFailed e) {
      return false;
    }
  }

  private static boolean isMicrosoft(@Nullable String host) {
    if (host == null) {
      return false;
    }
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals("autodiscover.outlook.com")
        || name.endsWith(".outlook.com")
        || name.endsWith(".office365.com");
  }

  /** The tenant of a domain; null if the domain has none, or Microsoft does not answer. */
  private @Nullable String tenant(String domain, Deadline deadline) {
    String base = settings.microsoft().toString().replaceAll("/+$", "");
    try {
      WebDocument document =
          web.get(
              URI.create(base + "/" + domain + "/v2.0/.well-known/openid-configuration"), deadline);
      if (!document.isOk()) {
        return null;
      }
      JsonNode configuration = JSON.readTree(document.body());
      Matcher issuer = TENANT.matcher(configuration.path("issuer").asText());
      return issuer.find() ? issuer.group(1) : null;
    } catch (WebFailed | IOException e) {
      return null;
    }
  }
}

package org.byoemail.account.oauth;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.byoemail.account.oauth.OAuthProvider.ClientAuthentication;
import org.byoemail.account.oauth.OAuthSettings.Provider;
import org.byoemail.account.oauth.OAuthSettings.Provider.Server;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The providers: google, microsoft, and the ones in {@code byo.oauth.providers}. Safe for use by
 * many threads.
 */
@Component
public class OAuthProviders {
  private static final String TENANT = "{tenant}";
  private static final Set<String> ANY_TENANT = Set.of("common", "organizations", "consumers");

  private final Map<String, Provider> entries = new TreeMap<>();
  private final IssuerDiscovery discovery;

  OAuthProviders(OAuthSettings settings, IssuerDiscovery discovery) {
    this.discovery = discovery;
    BuiltInProviders.ALL.forEach(entries::put);
    settings
        .providers()
        .forEach((name, own) -> entries.merge(name, own, (built, set) -> merged(built, set)));
    entries.forEach(OAuthProviders::check);
  }

  /**
   * The provider of that name, with the tenant of its settings. No network is used: endpoints that
   * have to be discovered are empty, and {@link #of} fills them.
   */
  public Optional<OAuthProvider> find(String name) {
    return Optional.ofNullable(entries.get(name)).map(entry -> provider(name, entry, null));
  }

  /**
   * The provider of a client, with the client's tenant in its endpoints. May take seconds where
   * they have to be discovered.
   *
   * @throws OAuthFailed if the provider is not configured any more, or its discovery fails
   */
  public OAuthProvider of(OAuthClient client) {
    Provider entry = entries.get(client.provider());
    if (entry == null) {
      throw new OAuthFailed(
          client.provider(),
          "unknown_provider",
          "there is no provider " + client.provider() + " in byo.oauth.providers",
          null);
    }
    return discovery.complete(provider(client.provider(), entry, client.tenant()));
  }

  /** All of them, by name, as {@link #find} gives them. */
  public List<OAuthProvider> all() {
    return entries.entrySet().stream().map(e -> provider(e.getKey(), e.getValue(), null)).toList();
  }

  /** The operator's client of the settings; null if absent. */
  @Nullable Provider withClient(String name) {
    Provider entry = entries.get(name);
    return entry == null || entry.clientId() == null ? null : entry;
  }

  /** Whether the application itself can be granted access with that tenant. */
  static boolean isOneTenant(String provider, @Nullable String tenant) {
    return !provider.equals("microsoft") || tenant != null && !ANY_TENANT.contains(tenant);
  }

  static boolean isTenant(String text) {
    return text.matches("[A-Za-z0-9][A-Za-z0-9.-]{0,254}");
  }

  private static OAuthProvider provider(String name, Provider entry, @Nullable String tenant) {
    String of = tenant != null ? tenant : entry.tenant() != null ? entry.tenant() : "";
    Set<String> hosts = new LinkedHashSet<>();
    Stream.of(entry.smtp(), entry.imap())
        .filter(Objects::nonNull)
        .forEach(server -> hosts.add(server.mailHost().host()));
    orNone(entry.mailHosts()).forEach(host -> hosts.add(host.strip().toLowerCase(Locale.ROOT)));
    return new OAuthProvider(
        name,
        entry.displayName() == null ? name : entry.displayName(),
        filled(entry.issuer(), of),
        String.valueOf(Objects.requireNonNullElse(filled(entry.authorizationUri(), of), "")),
        String.valueOf(Objects.requireNonNullElse(filled(entry.tokenUri(), of), "")),
        filled(entry.jwkSetUri(), of),
        orNone(entry.scopes()),
        orNone(entry.applicationScopes()),
        entry.authorizationParameters() == null ? Map.of() : entry.authorizationParameters(),
        entry.clientAuthentication() == null
            ? ClientAuthentication.POST
            : entry.clientAuthentication(),
        host(entry.smtp()),
        host(entry.imap()),
        List.copyOf(hosts),
        Boolean.TRUE.equals(entry.issuerInResponse()));
  }

  private static @Nullable String filled(@Nullable String uri, String tenant) {
    return uri == null ? null : uri.replace(TENANT, tenant);
  }

  private static @Nullable MailHost host(@Nullable Server server) {
    return server == null ? null : server.mailHost();
  }

  private static List<String> orNone(@Nullable List<String> list) {
    return list == null ? List.of() : List.copyOf(list);
  }

  private static Provider merged(Provider built, Provider set) {
    return new Provider(
        or(set.displayName(), built.displayName()),
        or(set.issuer(), built.issuer()),
        or(set.authorizationUri(), built.authorizationUri()),
        or(set.tokenUri(), built.tokenUri()),
        or(set.jwkSetUri(), built.jwkSetUri()),
        or(set.scopes(), built.scopes()),
        or(set.applicationScopes(), built.applicationScopes()),
        or(set.authorizationParameters(), built.authorizationParameters()),
        or(set.clientAuthentication(), built.clientAuthentication()),
        or(set.tenant(), built.tenant()),
        set.clientId(),
        set.clientSecret(),
        set.clientSecretExpiresAt(),
        or(set.smtp(), built.smtp()),
        or(set.imap(), built.imap()),
        or(set.mailHosts(), built.mailHosts()),
        or(set.issuerInResponse(), built.issuerInResponse()));
  }

  private static <T> @Nullable T or(@Nullable T first, @Nullable T second) {
    return first == null ? second : first;
  }

  private static void check(String name, Provider entry) {
    List<String> missing = new ArrayList<>();
    if (entry.issuer() == null && (entry.tokenUri() == null || entry.authorizationUri() == null)) {
      missing.add("issuer, or authorization-uri and token-uri");
    }
    if (entry.smtp() == null && entry.imap() == null && orNone(entry.mailHosts()).isEmpty()) {
      missing.add("smtp, imap or mail-hosts");
    }
    if (orNone(entry.scopes()).isEmpty() && orNone(entry.applicationScopes()).isEmpty()) {
      missing.add("scopes");
    }
    if (!missing.isEmpty()) {
      missing.sort(Comparator.naturalOrder());
      throw new IllegalArgumentException(
          "byo.oauth.providers." + name + " lacks " + String.join("; ", missing));
    }
  }
}

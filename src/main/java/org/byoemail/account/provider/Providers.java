package org.byoemail.account.provider;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.authentication.ServerRule;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The mail providers of {@code mail/providers.yaml}. Immutable. */
@Component
public class Providers {
  private static final String FILE = "/mail/providers.yaml";

  private final List<Provider> providers;
  private final Map<String, Provider> byDomain = new HashMap<>();
  private final Map<String, Provider> byMx = new HashMap<>();
  private final Map<String, Provider> byServer = new HashMap<>();
  private final Map<String, String> filters = new HashMap<>();
  private final List<Hint> hints;

  /**
   * Reads the data file.
   *
   * @throws IllegalStateException if it is not as it should be
   */
  public Providers() {
    this(read());
  }

  private Providers(DataFile file) {
    List<Provider> read = new ArrayList<>();
    for (Entry entry : file.providers()) {
      Provider provider = entry.provider();
      read.add(provider);
      provider.domains().forEach(domain -> add(byDomain, domain, provider));
      provider.mx().forEach(suffix -> add(byMx, suffix, provider));
      byServer.putIfAbsent(provider.smtp().host(), provider);
      byServer.putIfAbsent(provider.imap().host(), provider);
    }
    this.providers = List.copyOf(read);
    this.hints = file.hints();
    file.filters()
        .forEach((name, suffixes) -> suffixes.forEach(suffix -> add(filters, suffix, name)));
  }

  private static <T> void add(Map<String, T> map, String key, T value) {
    if (map.put(key, value) != null) {
      throw new IllegalStateException(FILE + " names " + key + " twice");
    }
  }

  /** All of them, in the order of the file. */
  public List<Provider> all() {
    return providers;
  }

  /** The provider of that name. */
  public Optional<Provider> find(String name) {
    return providers.stream().filter(provider -> provider.name().equals(name)).findFirst();
  }

  /** The provider whose addresses are in that domain. */
  public Optional<Provider> ofDomain(String domain) {
    return Optional.ofNullable(byDomain.get(domain));
  }

  /** The provider whose mail exchanger that is. */
  public Optional<Provider> ofMx(String host) {
    return Optional.ofNullable(longestSuffix(byMx, host));
  }

  /** The name of the mail filter whose mail exchanger that is: the mailbox is behind it. */
  public Optional<String> filterOfMx(String host) {
    return Optional.ofNullable(longestSuffix(filters, host));
  }

  /** The provider whose SMTP or IMAP server that is; a literal address is nobody's. */
  public Optional<Provider> ofServer(String host) {
    return isLiteral(host)
        ? Optional.empty()
        : Optional.ofNullable(byServer.get(host.toLowerCase(Locale.ROOT)));
  }

  /**
   * The provider whose SMTP or IMAP server that is. Proton Bridge runs on the gateway's network, as
   * other servers may: it is known by its port, too.
   */
  public Optional<Provider> ofServer(String host, int port) {
    return isLiteral(host)
        ? Optional.ofNullable(byServer.get(host))
            .filter(known -> known.smtp().port() == port || known.imap().port() == port)
        : ofServer(host);
  }

  private static boolean isLiteral(String host) {
    return host.indexOf(':') >= 0 || Character.isDigit(host.charAt(host.length() - 1));
  }

  /**
   * The next step after a refusal, the provider's own first.
   *
   * @param host the server that refused
   * @param port its port
   * @param said its words
   * @param oauth whether the sign-in was by OAuth
   */
  public Optional<String> hint(String host, int port, String said, boolean oauth) {
    String lower = said.toLowerCase(Locale.ROOT);
    List<Hint> known = new ArrayList<>(ofServer(host, port).map(Provider::hints).orElse(List.of()));
    known.addAll(hints);
    return known.stream().filter(hint -> hint.explains(lower, oauth)).map(Hint::hint).findFirst();
  }

  private static <T> @Nullable T longestSuffix(Map<String, T> map, String host) {
    String rest = host.toLowerCase(Locale.ROOT);
    while (true) {
      T found = map.get(rest);
      int dot = rest.indexOf('.');
      if (found != null || dot < 0) {
        return found;
      }
      rest = rest.substring(dot + 1);
    }
  }

  private static DataFile read() {
    try (InputStream yaml = Providers.class.getResourceAsStream(FILE)) {
      Object tree =
          new Yaml(new SafeConstructor(new LoaderOptions())).load(Objects.requireNonNull(yaml));
      return JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build()
          .convertValue(tree, DataFile.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(FILE + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** The file. */
  private record DataFile(
      List<Entry> providers, Map<String, List<String>> filters, List<Hint> hints) {}

  /** A provider in the file, where most fields may be absent. */
  private record Entry(
      String name,
      String displayName,
      @Nullable List<String> domains,
      @Nullable List<String> mx,
      Server smtp,
      Server imap,
      @Nullable String login,
      List<SignInEntry> signIn,
      @Nullable List<String> notes,
      @Nullable List<Hint> hints,
      @Nullable Receiving receiving,
      String source,
      String read,
      @Nullable String ownPage,
      @Nullable String compared,
      @Nullable String comparedOn) {

    Provider provider() {
      return new Provider(
          name,
          displayName,
          orEmpty(domains),
          orEmpty(mx),
          smtp.server(),
          imap.server(),
          login == null
              ? Provider.Login.ADDRESS
              : Provider.Login.valueOf(login.toUpperCase(Locale.ROOT).replace('-', '_')),
          signIn.stream().map(SignInEntry::signIn).toList(),
          orEmpty(notes),
          orEmpty(hints),
          receiving == null ? null : receiving.rule(),
          source,
          read,
          ownPage,
          compared,
          comparedOn);
    }
  }

  /** How the receiving server writes Authentication-Results. */
  private record Receiving(
      @Nullable List<String> ids,
      @Nullable List<String> receivedBy,
      @Nullable Boolean topmost,
      @Nullable Boolean inside) {
    ServerRule rule() {
      return new ServerRule(
          orEmpty(ids),
          orEmpty(receivedBy),
          Boolean.TRUE.equals(topmost),
          Boolean.TRUE.equals(inside));
    }
  }

  private record Server(String host, int port, Security security) {
    MailServer server() {
      return new MailServer(host, port, security);
    }
  }

  private record SignInEntry(
      String way,
      @Nullable String oauthProvider,
      @Nullable String url,
      @Nullable List<String> steps) {

    SignIn signIn() {
      return new SignIn(
          SignIn.Way.valueOf(way.toUpperCase(Locale.ROOT).replace('-', '_')),
          oauthProvider,
          url,
          orEmpty(steps));
    }
  }

  private static <T> List<T> orEmpty(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }
}

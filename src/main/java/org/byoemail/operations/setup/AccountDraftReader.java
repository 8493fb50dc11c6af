package org.byoemail.operations.setup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.byoemail.account.oauth.MailHost;
import org.byoemail.account.oauth.OAuthProvider;
import org.byoemail.account.oauth.OAuthProviders;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.account.registry.InboundOptions;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.SealedSecret;
import org.byoemail.account.registry.Secrets;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.mail.AccountId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Validates a draft, naming every problem, and seals its passwords. */
@Component
class AccountDraftReader {
  private static final int MAX_NAME = 200;
  private static final int MAX_USERNAME = 320;
  private static final int MAX_PASSWORD = 4096;
  private static final int MAX_POLL_INTERVAL = 86_400;
  private static final String DEFAULT_FOLDER = "INBOX";

  private final Secrets secrets;
  private final OAuthProviders providers;

  AccountDraftReader(Secrets secrets, OAuthProviders providers) {
    this.secrets = secrets;
    this.providers = providers;
  }

  /**
   * Reads a draft.
   *
   * @param address of the account, the default username
   * @param stored the present settings; null for a new account
   */
  AccountSettings read(
      FieldChecks checks,
      AccountId id,
      String address,
      AccountDraft draft,
      @Nullable AccountSettings stored) {
    String displayName = checks.optionalLine("displayName", draft.displayName(), MAX_NAME);
    OAuthProvider provider = provider(checks, draft);
    ServerDraft smtpDraft = preset(draft.smtp(), provider == null ? null : provider.smtp());
    ServerDraft imapDraft = preset(draft.imap(), provider == null ? null : provider.imap());
    ServerSettings smtp = server(checks, id, address, Protocol.SMTP, smtpDraft, stored);
    ServerSettings imap = server(checks, id, address, Protocol.IMAP, imapDraft, stored);
    requireMailHost(checks, Protocol.SMTP, smtp, provider);
    requireMailHost(checks, Protocol.IMAP, imap, provider);
    if (isByToken(smtp)
        && isByToken(imap)
        && !String.valueOf(smtp.username()).equalsIgnoreCase(imap.username())) {
      checks.refuse("smtp.username", "must equal imap.username: a grant is for one mailbox");
    }
    if (draft.smtp() == null && draft.imap() == null) {
      checks.refuse("smtp", "or imap is required");
    }
    int seconds =
        draft.pollSeconds() == null
            ? (int) AccountSettings.DEFAULT_POLL_INTERVAL.toSeconds()
            : draft.pollSeconds();
    if (seconds < AccountSettings.MIN_POLL_INTERVAL.toSeconds() || seconds > MAX_POLL_INTERVAL) {
      checks.refuse("imap.pollInterval", "must be 30 to 86400 seconds");
    }
    List<String> folders = folders(checks, draft, stored);
    boolean idle = draft.idle() == null || draft.idle();
    InboundOptions inbound = inbound(checks, draft);
    if (folders.size() > 1
        && inbound.moveTo() != null
        && folders.stream()
            .map(AccountSettings::canonical)
            .toList()
            .contains(AccountSettings.canonical(inbound.moveTo()))) {
      checks.refuse("imap.moveTo", "must not be one of imap.folders");
    }
    AccountSettings settings =
        checks.hasProblems()
            ? null
            : checks.read(
                draft.folders() == null ? "imap.folder" : "imap.folders",
                () ->
                    new AccountSettings(
                        displayName,
                        smtp,
                        imap,
                        folders,
                        Duration.ofSeconds(seconds),
                        idle,
                        inbound));
    checks.done();
    return Objects.requireNonNull(settings);
  }

  /** A first folder that is given alone replaces the first one; the others stay. */
  private static List<String> folders(
      FieldChecks checks, AccountDraft draft, @Nullable AccountSettings stored) {
    List<@Nullable String> given = draft.folders();
    if (given != null) {
      List<String> folders = given.stream().map(folder -> folder == null ? "" : folder).toList();
      if (draft.folder() != null && !folders.isEmpty() && !folders.get(0).equals(draft.folder())) {
        checks.refuse("imap.folder", "must be the first of imap.folders, or left out");
      }
      return folders;
    }
    if (draft.folder() == null) {
      return stored == null ? List.of(DEFAULT_FOLDER) : stored.folders();
    }
    List<String> folders = new ArrayList<>(List.of(draft.folder()));
    if (stored != null) {
      String first = AccountSettings.canonical(draft.folder());
      stored.furtherFolders().stream()
          .filter(further -> !AccountSettings.canonical(further).equals(first))
          .forEach(folders::add);
    }
    return folders;
  }

  private @Nullable OAuthProvider provider(FieldChecks checks, AccountDraft draft) {
    if (!isByToken(draft.smtp()) && !isByToken(draft.imap())) {
      return null;
    }
    OAuthDraft oauth = draft.oauth();
    String name = oauth == null ? null : oauth.provider();
    OAuthProvider provider =
        name == null || name.isBlank() ? null : providers.find(name.strip()).orElse(null);
    if (provider == null) {
      checks.refuse(
          "oauth.provider",
          "must be one of "
              + String.join(", ", providers.all().stream().map(OAuthProvider::name).toList()));
    }
    if (oauth != null) {
      checks.read("oauth.kind", () -> AccountGrants.kind(oauth));
    }
    return provider;
  }

  /** The draft with the provider's server if it names none. */
  private static @Nullable ServerDraft preset(
      @Nullable ServerDraft draft, @Nullable MailHost server) {
    if (draft == null || server == null || !isByToken(draft) || isPresent(draft.host())) {
      return draft;
    }
    return new ServerDraft(
        server.host(),
        server.port(),
        server.security().word(),
        draft.auth(),
        draft.username(),
        draft.password());
  }

  // A token opens every mailbox of its grant: it is sent to the provider's hosts only, whatever was
  // typed, and not without TLS (RFC 6750 section 5.3).
  private static void requireMailHost(
      FieldChecks checks,
      Protocol protocol,
      @Nullable ServerSettings server,
      @Nullable OAuthProvider provider) {
    if (provider == null || server == null || !isByToken(server)) {
      return;
    }
    if (!provider.allows(server.host())) {
      checks.refuse(
          protocol.word() + ".host",
          "must be one of "
              + String.join(", ", provider.mailHosts())
              + ": tokens of "
              + provider.name()
              + " are sent to no other host");
    }
    if (server.security() == Security.NONE) {
      checks.refuse(protocol.word() + ".security", "must be ssl or starttls if auth is oauth2");
    }
  }

  private static boolean isByToken(@Nullable ServerSettings server) {
    return server != null && server.auth() == Auth.OAUTH2;
  }

  private static boolean isByToken(@Nullable ServerDraft server) {
    return server != null
        && server.auth() != null
        && server.auth().strip().equalsIgnoreCase(Auth.OAUTH2.word());
  }

  private static InboundOptions inbound(FieldChecks checks, AccountDraft draft) {
    String word = draft.afterIngest();
    AfterIngest after =
        isPresent(word) ? checks.read("imap.afterIngest", () -> AfterIngest.of(word)) : null;
    String moveTo = isPresent(draft.moveTo()) ? draft.moveTo() : null;
    InboundOptions options =
        checks.read("imap.moveTo", () -> new InboundOptions(after, moveTo, draft.backfillSince()));
    return options == null ? InboundOptions.DEFAULT : options;
  }

  private @Nullable ServerSettings server(
      FieldChecks checks,
      AccountId id,
      String address,
      Protocol protocol,
      @Nullable ServerDraft draft,
      @Nullable AccountSettings stored) {
    if (draft == null) {
      return null;
    }
    String at = protocol.word() + ".";
    ServerSettings before = stored == null ? null : stored.side(protocol);
    String typed = checks.line(at + "host", draft.host(), 253);
    String host = typed == null ? null : checks.read(at + "host", () -> ServerSettings.host(typed));
    Security security = checks.read(at + "security", () -> security(draft.security()));
    Auth auth = checks.read(at + "auth", () -> auth(draft));
    String username =
        checks.optionalLine(
            at + "username",
            draft.username() == null && auth != Auth.NONE ? address : draft.username(),
            MAX_USERNAME);
    Integer port =
        draft.port() == null && security != null ? defaultPort(protocol, security) : draft.port();
    if (port != null && (port < 1 || port > 65535)) {
      checks.refuse(at + "port", "must be 1 to 65535");
    }
    SealedSecret secret = secret(checks, id, protocol, draft, security, auth, before);
    if (checks.hasProblems() || host == null || port == null || security == null || auth == null) {
      return null;
    }
    return checks.read(
        at + "host", () -> new ServerSettings(host, port, security, auth, username, secret));
  }

  // A stored password is sent only to the host it was given for, and without TLS only if it was
  // before: otherwise anyone who may change the account could have it sent to another server.
  private @Nullable SealedSecret secret(
      FieldChecks checks,
      AccountId id,
      Protocol protocol,
      ServerDraft draft,
      @Nullable Security security,
      @Nullable Auth auth,
      @Nullable ServerSettings before) {
    String field = protocol.word() + ".password";
    String password = draft.password();
    if (auth == Auth.NONE || auth == Auth.OAUTH2) {
      if (password != null && !password.isEmpty()) {
        checks.refuse(field, "must be empty if auth is " + auth.word());
      }
      return null;
    }
    if (password != null && !password.isEmpty()) {
      if (password.length() > MAX_PASSWORD || password.chars().anyMatch(Character::isISOControl)) {
        checks.refuse(field, "is too long or has a control character");
        return null;
      }
      return secrets.seal(id, protocol, password);
    }
    if (before == null || before.secret() == null) {
      checks.refuse(field, "is required unless auth is none");
      return null;
    }
    boolean hostChanged =
        draft.host() != null && !before.host().equalsIgnoreCase(draft.host().strip());
    boolean tlsDropped = security == Security.NONE && before.security() != Security.NONE;
    if (hostChanged || tlsDropped) {
      checks.refuse(
          field,
          "must be given again if the host changes or TLS is dropped: the stored one is for the old"
              + " host only");
    }
    return before.secret();
  }

  private static Security security(@Nullable String word) {
    if (word == null) {
      return Security.SSL;
    }
    try {
      return Security.valueOf(word.strip().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("must be one of ssl, starttls, none", e);
    }
  }

  private static Auth auth(ServerDraft draft) {
    if (draft.auth() == null) {
      boolean credentials = isPresent(draft.username()) || isPresent(draft.password());
      return credentials ? Auth.PLAIN : Auth.NONE;
    }
    return switch (draft.auth().strip().toLowerCase(Locale.ROOT)) {
      case "none" -> Auth.NONE;
      case "plain" -> Auth.PLAIN;
      case "login" -> Auth.LOGIN;
      case "oauth2" -> Auth.OAUTH2;
      default -> throw new IllegalArgumentException("must be one of none, plain, login, oauth2");
    };
  }

  private static boolean isPresent(@Nullable String text) {
    return text != null && !text.isBlank();
  }

  // No int: in an expression with a null port it would be unboxed.
  private static Integer defaultPort(Protocol protocol, Security security) {
    if (protocol == Protocol.IMAP) {
      return security == Security.SSL ? 993 : 143;
    }
    return security == Security.SSL ? 465 : 587;
  }
}

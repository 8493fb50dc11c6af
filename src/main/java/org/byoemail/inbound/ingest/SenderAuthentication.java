package org.byoemail.inbound.ingest;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.byoemail.account.provider.Provider;
import org.byoemail.account.provider.Providers;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.authentication.ServerRule;
import org.byoemail.format.mime.MailHeaders;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Finds what the receiving server of an account says of the sender of a mail.
 *
 * <p>Where {@code byo.inbound.authentication-servers}, or the data of a provider, names the server
 * behind an IMAP host, or a person has confirmed or set its authserv-id for the account, only the
 * topmost Authentication-Results of that name is believed (RFC 8601 section 5). Where it names
 * none, the topmost field is believed, regardless of its author: a server that writes one puts it
 * above what the sender wrote.
 */
@Component
public class SenderAuthentication {
  private final Map<String, ServerRule> rules;
  private final AuthservLearning learning;

  SenderAuthentication(InboundSettings settings, Providers providers, AuthservLearning learning) {
    this.learning = learning;
    Map<String, ServerRule> known = new HashMap<>();
    for (Provider provider : providers.all()) {
      ServerRule rule = provider.receiving();
      if (rule != null) {
        known.put(provider.imap().host(), rule);
      }
    }
    settings
        .authenticationServers()
        .forEach((host, server) -> known.put(lower(host), ServerRule.of(lower(server))));
    this.rules = Map.copyOf(known);
  }

  /**
   * What was found.
   *
   * @param isChecked whether the server is known to check, by its name or by what it wrote
   * @param isTrusted whether the server is known by its name, so that no other server can have said
   *     this
   */
  record AuthenticationFound(Authentication authentication, boolean isChecked, boolean isTrusted) {
    static final AuthenticationFound NOTHING =
        new AuthenticationFound(Authentication.NONE, false, false);
  }

  /** How the receiving server of an account writes what it found; null if it is not known. */
  @Nullable ServerRule rule(Account account) {
    ServerRule known = known(account);
    String trusted = account.authservId();
    return known != null || trusted == null ? known : ServerRule.of(trusted);
  }

  /** What the provider's data or a setting say of the receiving server; null if they do not. */
  public @Nullable ServerRule known(Account account) {
    return rules.get(lower(account.server(Protocol.IMAP).host()));
  }

  /** Collects evidence of the server's authserv-id, unless it is known or a person has decided. */
  void learn(IngestBatch batch) {
    if (!batch.isRetry() && rule(batch.account()) == null) {
      learning.learn(batch);
    }
  }

  AuthenticationFound of(Account account, MailHeaders headers) {
    List<String> fields = headers.all("Authentication-Results");
    ServerRule trusted = rule(account);
    if (trusted == null || trusted.ids().isEmpty()) {
      return fields.isEmpty()
          ? AuthenticationFound.NOTHING
          : new AuthenticationFound(
              AuthenticationResults.read(fields.get(0), headers), true, false);
    }
    Optional<String> own =
        fields.stream()
            .filter(field -> trusted.isOwn(AuthenticationResults.server(field)))
            .findFirst();
    return new AuthenticationFound(
        own.map(field -> AuthenticationResults.read(field, headers)).orElse(Authentication.NONE),
        true,
        true);
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}

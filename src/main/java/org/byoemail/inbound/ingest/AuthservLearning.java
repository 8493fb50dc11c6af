package org.byoemail.inbound.ingest;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.byoemail.account.receiving.AuthservIds;
import org.byoemail.account.registry.Account;
import org.byoemail.format.authentication.AuthenticationField;
import org.byoemail.format.authentication.AuthenticationField.Result;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;
import org.springframework.stereotype.Component;

/**
 * Collects evidence of the authserv-id of receiving servers that are not known, from the headers of
 * mail of outside senders, and recognizes probes. Asks the database a few times an account. Safe
 * for use by many threads.
 */
@Component
class AuthservLearning {
  private static final int MAX_REMEMBERED = 10_000;
  private static final Set<String> NAMES_OF_SENDERS =
      Set.of("header.from", "header.d", "header.i", "smtp.mailfrom");

  private final AuthservIds ids;

  /** What needs no further statement: an id with enough evidence, or a domain that was counted. */
  private final Set<String> settled =
      Collections.newSetFromMap(
          Collections.synchronizedMap(
              new LinkedHashMap<>() {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                  return size() > MAX_REMEMBERED;
                }
              }));

  AuthservLearning(AuthservIds ids) {
    this.ids = ids;
  }

  /** Learns from the mails of a batch, of an account whose server is not known. */
  void learn(IngestBatch batch) {
    for (IngestItem item : batch.all()) {
      learn(batch.account(), item.mail().headers());
    }
  }

  private void learn(Account account, MailHeaders headers) {
    String domain = headers.from().map(NamedAddress::address).map(EmailAddress::domain).orElse("");
    if (domain.isEmpty() || domain.equals(account.address().domain())) {
      return;
    }
    String id = topmost(headers, domain).orElse("");
    String of = account.id() + " " + account.version() + " " + id;
    if (id.isEmpty() || settled.contains(of) || !settled.add(of + " " + domain)) {
      return;
    }
    if (ids.seen(account, id, domain)) {
      settled.add(of);
    }
  }

  /** The id of the topmost field, if that speaks of the sender in From. */
  static Optional<String> topmost(MailHeaders headers, String domain) {
    List<String> fields = headers.all("Authentication-Results");
    if (fields.isEmpty() || headers.all("From").size() != 1) {
      return Optional.empty();
    }
    AuthenticationField field = AuthenticationField.parse(fields.get(0));
    boolean ofSender = field.results().stream().anyMatch(one -> names(one, domain));
    return Optional.of(field.server())
        .filter(id -> ofSender && !field.isMalformed() && AuthservIds.isId(id));
  }

  private static boolean names(Result result, String domain) {
    return result.properties().entrySet().stream()
        .filter(one -> NAMES_OF_SENDERS.contains(one.getKey()))
        .map(one -> one.getValue().toLowerCase(Locale.ROOT))
        .map(value -> value.substring(value.lastIndexOf('@') + 1))
        .anyMatch(value -> value.equals(domain) || value.endsWith("." + domain));
  }

  /** Whether a mail is a probe of its account. Notes that it has arrived. */
  boolean isProbe(Account account, MailHeaders headers) {
    boolean probe = ids.isProbe(account, headers.subject());
    // A stored copy of the sent mail says nothing of the receiving server.
    if (probe && headers.first("Received").isPresent()) {
      ids.arrived(account, headers.subject(), headers.all("Authentication-Results"));
    }
    return probe;
  }
}

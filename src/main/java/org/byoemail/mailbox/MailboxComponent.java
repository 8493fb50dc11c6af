package org.byoemail.mailbox;

import java.util.List;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedOperation;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.support.DefaultComponent;
import org.byoemail.account.Accounts;
import org.byoemail.mail.AccountId;
import org.springframework.stereotype.Component;

/**
 * The Camel component {@code mailbox:}. One consumer takes in the mail of every mailbox of this
 * node: it takes their leases when it starts and hands them over when it stops, whatever stops it.
 * Each new mail is an exchange whose body is an {@link IncomingMail}.
 */
@Component("mailbox")
@ManagedResource(description = "The mailboxes of this node")
public class MailboxComponent extends DefaultComponent {
  private final Reconciliation reconciliation;
  private final Watchers watchers;
  private final Accounts accounts;

  MailboxComponent(Reconciliation reconciliation, Watchers watchers, Accounts accounts) {
    this.reconciliation = reconciliation;
    this.watchers = watchers;
    this.accounts = accounts;
  }

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    MailboxEndpoint endpoint = new MailboxEndpoint(uri, this);
    setProperties(endpoint, parameters);
    return endpoint;
  }

  Reconciliation reconciliation() {
    return reconciliation;
  }

  /** For operators: a line for each mailbox. */
  @ManagedAttribute(description = "The mailboxes of this node with their states")
  public List<String> getMailboxes() {
    return watchers.states().stream()
        .map(
            m ->
                "account %s, folder %s: %s%s%s"
                    .formatted(
                        m.account(),
                        m.folder(),
                        m.state(),
                        m.due() == null ? "" : ", next at " + m.due(),
                        m.trouble() == null ? "" : " (" + m.trouble() + ")"))
        .sorted()
        .toList();
  }

  /** Looks into a mailbox now; false where this node does not watch it. */
  @ManagedOperation(description = "Looks into the mailbox of an account now")
  public boolean pollNow(String account) {
    return watchers.pollNow(AccountId.parse(account));
  }

  /** Pauses an account, on every node, both ways, until it is resumed. */
  @ManagedOperation(description = "Pauses an account, on every node, until it is resumed")
  public boolean pause(String account) {
    return accounts.pause(AccountId.parse(account)).isPresent();
  }

  /** Uses a paused account again. */
  @ManagedOperation(description = "Uses a paused account again")
  public boolean resume(String account) {
    return accounts.resume(AccountId.parse(account)).isPresent();
  }
}

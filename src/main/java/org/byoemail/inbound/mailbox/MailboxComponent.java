package org.byoemail.inbound.mailbox;

import java.util.List;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedOperation;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.support.DefaultComponent;
import org.byoemail.account.registry.Accounts;
import org.byoemail.format.mail.AccountId;
import org.byoemail.platform.audit.AuditActor;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.platform.lease.ClusterMembers;
import org.byoemail.platform.lease.Leases;
import org.springframework.stereotype.Component;

/**
 * The Camel component {@code mailbox:}. One consumer serves every mailbox of this node: it acquires
 * their leases when it starts and hands them over when it stops. The body of an exchange is an
 * {@link IncomingBatch}: consecutive mails of one mailbox.
 */
@Component("mailbox")
@ManagedResource(description = "The mailboxes of this node")
public class MailboxComponent extends DefaultComponent {
  private final ReconciliationLoop reconciliationLoop;
  private final MailboxWatchers watchers;
  private final Accounts accounts;
  private final AccountChangeDispatcher notices;
  private final Leases leases;
  private final AuditLog audit;

  MailboxComponent(
      ReconciliationLoop reconciliationLoop,
      MailboxWatchers watchers,
      Accounts accounts,
      AccountChangeDispatcher notices,
      Leases leases,
      AuditLog audit) {
    this.audit = audit;
    this.reconciliationLoop = reconciliationLoop;
    this.watchers = watchers;
    this.accounts = accounts;
    this.notices = notices;
    this.leases = leases;
  }

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    MailboxEndpoint endpoint = new MailboxEndpoint(uri, this);
    setProperties(endpoint, parameters);
    return endpoint;
  }

  ReconciliationLoop reconciliation() {
    return reconciliationLoop;
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
                        m.lastError() == null ? "" : " (" + m.lastError() + ")"))
        .sorted()
        .toList();
  }

  /** For operators: this node, and how many mailboxes each node has. */
  @ManagedAttribute(description = "The nodes that share the mailboxes, with how many each has")
  public List<String> getNodes() {
    return leases.members().map(ClusterMembers::nodes).orElse(List.of()).stream()
        .map(
            node ->
                "%s: %d%s%s"
                    .formatted(
                        node.id(),
                        node.held(),
                        node.wants() > 0 ? ", short of " + node.wants() : "",
                        node.id().equals(leases.node().id()) ? " (this node)" : ""))
        .sorted()
        .toList();
  }

  /** How many mailboxes this node has. */
  @ManagedAttribute(description = "How many mailboxes this node has")
  public int getHeld() {
    return leases.held();
  }

  /** Polls a mailbox now, whichever node watches it; false if there is no such account. */
  @ManagedOperation(description = "Looks into the mailbox of an account now, on whichever node")
  public boolean pollNow(String account) {
    AccountId id = AccountId.parse(account);
    notices.pollNow(id);
    return accounts.find(id).isPresent();
  }

  /** Pauses an account, on every node, both ways, until it is resumed. */
  @ManagedOperation(description = "Pauses an account, on every node, until it is resumed")
  public boolean pause(String account) {
    return audit.runAs(
        AuditActor.jmx(), () -> accounts.pause(AccountId.parse(account)).isPresent());
  }

  /** Uses a paused account again. */
  @ManagedOperation(description = "Uses a paused account again")
  public boolean resume(String account) {
    return audit.runAs(
        AuditActor.jmx(), () -> accounts.resume(AccountId.parse(account)).isPresent());
  }
}

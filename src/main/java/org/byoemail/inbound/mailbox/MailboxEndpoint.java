package org.byoemail.inbound.mailbox;

import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/** {@code mailbox:all}: the mailboxes of this node. */
@UriEndpoint(
    firstVersion = "0.1.0",
    scheme = "mailbox",
    title = "Mailbox",
    syntax = "mailbox:name",
    consumerOnly = true)
public class MailboxEndpoint extends DefaultEndpoint {
  @UriPath(description = "Any name; there is one endpoint, and it stands for all mailboxes.")
  private String name = "all";

  @UriParam(
      defaultValue = "true",
      description = "Whether ingested mail is marked read. If not, folders are opened read-only.")
  private boolean markSeen = true;

  MailboxEndpoint(String uri, MailboxComponent component) {
    super(uri, component);
  }

  @Override
  public Producer createProducer() {
    throw new UnsupportedOperationException("mailbox: only receives");
  }

  @Override
  public Consumer createConsumer(Processor processor) throws Exception {
    MailboxComponent component = (MailboxComponent) getComponent();
    MailboxConsumer consumer =
        new MailboxConsumer(this, processor, component.reconciliation(), markSeen);
    configureConsumer(consumer);
    return consumer;
  }

  public String getName() {
    return name;
  }

  public void setName(String name) {
    this.name = name;
  }

  public boolean isMarkSeen() {
    return markSeen;
  }

  public void setMarkSeen(boolean markSeen) {
    this.markSeen = markSeen;
  }
}

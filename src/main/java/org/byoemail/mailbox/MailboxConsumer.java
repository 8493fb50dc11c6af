package org.byoemail.mailbox;

import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;

/** Watches mailboxes from its start to its stop. */
class MailboxConsumer extends DefaultConsumer {
  private final Reconciliation reconciliation;
  private final boolean markSeen;

  MailboxConsumer(
      Endpoint endpoint, Processor processor, Reconciliation reconciliation, boolean markSeen) {
    super(endpoint, processor);
    this.reconciliation = reconciliation;
    this.markSeen = markSeen;
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    reconciliation.start(this::deliver, markSeen);
  }

  @Override
  protected void doStop() throws Exception {
    reconciliation.stop();
    super.doStop();
  }

  private void deliver(MailBatch mails) throws Exception {
    Exchange exchange = createExchange(true);
    exchange.getIn().setBody(mails);
    getProcessor().process(exchange);
    if (exchange.getException() != null) {
      throw exchange.getException();
    }
  }
}

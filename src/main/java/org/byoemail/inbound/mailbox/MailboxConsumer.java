package org.byoemail.inbound.mailbox;

import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;

/** Watches the mailboxes of this node while it is started. */
class MailboxConsumer extends DefaultConsumer {
  private final ReconciliationLoop reconciliationLoop;
  private final boolean markSeen;

  MailboxConsumer(
      Endpoint endpoint,
      Processor processor,
      ReconciliationLoop reconciliationLoop,
      boolean markSeen) {
    super(endpoint, processor);
    this.reconciliationLoop = reconciliationLoop;
    this.markSeen = markSeen;
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    reconciliationLoop.start(this::deliver, markSeen);
  }

  @Override
  protected void doStop() throws Exception {
    reconciliationLoop.stop();
    super.doStop();
  }

  private void deliver(IncomingBatch mails) throws Exception {
    Exchange exchange = createExchange(true);
    exchange.getIn().setBody(mails);
    getProcessor().process(exchange);
    if (exchange.getException() != null) {
      throw exchange.getException();
    }
  }
}

package org.byoemail.mistakes.console;

import org.apache.camel.Exchange;
import org.byoemail.mistakes.outbound.Sender;
import org.byoemail.mistakes.outbound.camel.Adapter;

/** Uses the inside of another feature, and Camel outside an adapter. */
public class Page {
  Sender sender;
  Adapter adapter;
  Exchange exchange;
}

package org.byoemail.mistakes.outbound;

import org.byoemail.mistakes.console.Page;

/** Uses a feature that nobody may use. */
public class Sender {
  Page page;
}

package org.byoemail.webhook;

import org.byoemail.format.mail.StateConflict;

/** A step that the state of a webhook, or the number of them, does not allow. */
public class WebhookRefused extends StateConflict {
  private static final long serialVersionUID = 1;

  WebhookRefused(String message) {
    super(message);
  }
}

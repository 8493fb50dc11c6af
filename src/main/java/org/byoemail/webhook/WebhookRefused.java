package org.byoemail.webhook;

import org.byoemail.format.mail.StateConflict;

/** A step that the state or the number of webhooks does not allow. */
public class WebhookRefused extends StateConflict {
  private static final long serialVersionUID = 1;

  WebhookRefused(String message) {
    super(message);
  }
}

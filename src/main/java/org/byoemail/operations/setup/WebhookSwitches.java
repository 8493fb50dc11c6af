package org.byoemail.operations.setup;

import java.util.UUID;
import java.util.function.UnaryOperator;
import org.byoemail.webhook.Webhook;
import org.byoemail.webhook.Webhooks;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * Pauses, resumes and deletes webhooks. Their deliveries follow in short transactions, however many
 * wait, so that others are not held up; a call that was interrupted is repeated. Thread-safe.
 */
@Service
public class WebhookSwitches {
  private static final UUID FIRST = new UUID(0, 0);

  private final WebhookSetup setup;
  private final Webhooks webhooks;

  WebhookSwitches(WebhookSetup setup, Webhooks webhooks) {
    this.setup = setup;
    this.webhooks = webhooks;
  }

  /** Deletes a webhook; waiting events are not delivered. Until it is gone, it is disabled. */
  public void delete(Webhook webhook) {
    UUID id = webhook.id();
    webhooks.stop(id);
    inSteps(after -> webhooks.deleteDeliveries(id, after));
    setup.delete(webhook);
  }

  /**
   * Pauses a webhook: its events wait.
   *
   * @throws org.byoemail.webhook.WebhookRefused if it is paused or disabled
   */
  public void pause(Webhook webhook) {
    setup.pause(webhook);
    inSteps(after -> webhooks.applyPause(webhook.id(), true, after));
  }

  /**
   * Resumes a webhook that is paused, disabled or failing.
   *
   * @throws org.byoemail.webhook.WebhookRefused if it is neither
   */
  public void resume(Webhook webhook) {
    setup.resume(webhook);
    inSteps(after -> webhooks.applyPause(webhook.id(), false, after));
  }

  private static void inSteps(UnaryOperator<@Nullable UUID> step) {
    UUID after = FIRST;
    while (after != null) {
      after = step.apply(after);
    }
  }
}

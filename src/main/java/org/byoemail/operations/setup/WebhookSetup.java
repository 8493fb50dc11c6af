package org.byoemail.operations.setup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.webhook.Replay;
import org.byoemail.webhook.Webhook;
import org.byoemail.webhook.WebhookDeliveries;
import org.byoemail.webhook.WebhookDraft;
import org.byoemail.webhook.WebhookInvalid;
import org.byoemail.webhook.WebhookSecrets;
import org.byoemail.webhook.WebhookTests;
import org.byoemail.webhook.Webhooks;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Creates, changes and operates webhooks, each step with an entry in the audit log. URLs are not
 * logged: their path may contain a secret. Safe for use by many threads.
 */
@Service
public class WebhookSetup {
  /** The maximum time for which previous keys sign after a rotation. */
  public static final Duration MAX_OVERLAP = Duration.ofDays(30);

  private final Webhooks webhooks;
  private final WebhookSecrets secrets;
  private final WebhookDeliveries deliveries;
  private final WebhookTests tests;
  private final Agents agents;
  private final Accounts accounts;
  private final AuditLog audit;

  WebhookSetup(
      Webhooks webhooks,
      WebhookSecrets secrets,
      WebhookDeliveries deliveries,
      WebhookTests tests,
      Agents agents,
      Accounts accounts,
      AuditLog audit) {
    this.webhooks = webhooks;
    this.secrets = secrets;
    this.deliveries = deliveries;
    this.tests = tests;
    this.agents = agents;
    this.accounts = accounts;
    this.audit = audit;
  }

  /**
   * Creates a webhook.
   *
   * @param draft reads the draft from the request
   * @param by who sees the secret, such as {@code key:<id>}
   * @throws FieldsRefused naming what is wrong
   * @throws org.byoemail.webhook.WebhookRefused if the organisation has too many
   */
  @Transactional
  public Webhooks.Created create(
      OrganizationId organization, Supplier<WebhookDraft> draft, String by) {
    WebhookDraft checked = checked(organization, draft);
    Webhooks.Created created = webhooks.create(organization, checked, by);
    record(
        "created",
        created.webhook(),
        Map.of("types", checked.types(), "decides", checked.decidesBy() != null));
    return created;
  }

  /**
   * Changes a webhook, from the next attempt on.
   *
   * @throws FieldsRefused naming what is wrong
   */
  @Transactional
  public Webhook change(Webhook webhook, Supplier<WebhookDraft> draft) {
    WebhookDraft checked = checked(webhook.organization(), draft);
    webhooks.change(webhook.id(), checked);
    List<String> changed = new ArrayList<>();
    different(changed, "url", webhook.url().equals(checked.url()));
    different(changed, "types", webhook.types().equals(checked.types()));
    different(changed, "agents", webhook.agents().equals(checked.agents()));
    different(changed, "accounts", webhook.accounts().equals(checked.accounts()));
    different(changed, "decides", webhook.decides() == (checked.decidesBy() != null));
    record("changed", webhook, Map.of("changed", changed));
    return webhooks.find(webhook.id()).orElse(webhook);
  }

  /**
   * Allows or forbids the receiver of a webhook to decide on reviews.
   *
   * @param by who allows it, such as {@code key:<id>}; null: it is forbidden
   */
  @Transactional
  public void allowDecisions(Webhook webhook, @Nullable String by) {
    webhooks.allowDecisions(webhook.id(), by);
    record("changed", webhook, Map.of("changed", List.of("decides"), "decides", by != null));
  }

  private static void different(List<String> changed, String field, boolean same) {
    if (!same) {
      changed.add(field);
    }
  }

  /** Deletes a webhook; waiting events are not delivered. */
  @Transactional
  void delete(Webhook webhook) {
    if (webhooks.delete(webhook.id())) {
      record("deleted", webhook, Map.of());
    }
  }

  /**
   * Pauses a webhook: its events wait.
   *
   * @throws org.byoemail.webhook.WebhookRefused if it is paused or disabled
   */
  @Transactional
  void pause(Webhook webhook) {
    webhooks.pause(webhook.id());
    record("paused", webhook, Map.of());
  }

  /**
   * Resumes a webhook that is paused, disabled or failing.
   *
   * @throws org.byoemail.webhook.WebhookRefused if it is neither
   */
  @Transactional
  void resume(Webhook webhook) {
    webhooks.resume(webhook.id());
    record("resumed", webhook, Map.of());
  }

  /**
   * Rotates the keys of a webhook.
   *
   * @param overlap for which the previous keys also sign
   * @param by who sees the new secret, such as {@code key:<id>}
   * @throws FieldsRefused if it is too long
   */
  @Transactional
  public WebhookSecrets.NewSecret rotate(Webhook webhook, Duration overlap, String by) {
    if (overlap.isNegative() || overlap.compareTo(MAX_OVERLAP) > 0) {
      throw new FieldsRefused("overlap", "must be 0 to " + MAX_OVERLAP.toSeconds() + " seconds");
    }
    WebhookSecrets.NewSecret shown = secrets.rotate(webhook.id(), overlap, by);
    webhooks.decidesFor(webhook.id(), by);
    record("secret_rotated", webhook, Map.of("overlap", overlap.toSeconds()));
    return shown;
  }

  /**
   * Sends a test event at once; blocks until the receiver responds.
   *
   * @throws org.byoemail.webhook.WebhookRefused if too many tests are running
   */
  public WebhookTests.Result test(Webhook webhook) {
    audit.recordAlone("webhook.tested", webhook.id(), webhook.organization(), Map.of());
    return tests.send(webhook);
  }

  /** Delivers earlier events again. */
  @Transactional
  public WebhookDeliveries.Replayed replay(Webhook webhook, Replay replay) {
    WebhookDeliveries.Replayed replayed = deliveries.replay(webhook.id(), replay);
    record("replayed", webhook, Map.of("deliveries", replayed.deliveries()));
    return replayed;
  }

  private WebhookDraft checked(OrganizationId organization, Supplier<WebhookDraft> draft) {
    WebhookDraft checked;
    try {
      checked = draft.get();
    } catch (WebhookInvalid e) {
      throw new FieldsRefused(e.field(), String.valueOf(e.getMessage()));
    }
    FieldChecks checks = new FieldChecks();
    for (UUID id : checked.agents()) {
      if (agents
          .find(new AgentId(id))
          .filter(agent -> agent.organization().equals(organization))
          .isEmpty()) {
        checks.refuse("agents", "there is no agent " + id + " in the organization");
      }
    }
    for (UUID id : checked.accounts()) {
      if (accounts
          .find(new AccountId(id))
          .filter(account -> account.organization().equals(organization))
          .isEmpty()) {
        checks.refuse("accounts", "there is no account " + id + " in the organization");
      }
    }
    checks.done();
    return checked;
  }

  private void record(String action, Webhook webhook, Map<String, ?> details) {
    audit.record(
        "webhook." + action,
        webhook.id(),
        webhook.organization(),
        new LinkedHashMap<String, Object>(details));
  }
}

package org.byoemail.account.registry;

import java.time.Instant;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * The SMTP and IMAP settings of one agent-owned endpoint.
 *
 * @param organization the agent's
 * @param address the endpoint's
 * @param smtpVerifiedAt when the present SMTP settings last passed their test; null: not yet
 * @param imapVerifiedAt the same for IMAP
 * @param needsReauthorizationAt since when only a new consent of its owner helps; null: it does not
 * @param authserv the authserv-id whose Authentication-Results are trusted; null: none but what the
 *     provider's data and the settings name
 * @param version grows with every change; connections opened under an older one are not reused
 */
public record Account(
    AccountId id,
    AgentId agent,
    OrganizationId organization,
    EndpointId endpoint,
    EmailAddress address,
    AccountSettings settings,
    @Nullable Instant smtpVerifiedAt,
    @Nullable Instant imapVerifiedAt,
    boolean outboundEnabled,
    boolean inboundEnabled,
    @Nullable Instant pausedAt,
    @Nullable Instant needsReauthorizationAt,
    @Nullable TrustedAuthserv authserv,
    long version,
    Instant createdAt) {

  /**
   * The authserv-id of the receiving server (RFC 8601 section 2.5), as far as people decided.
   *
   * @param id in lower case
   * @param confirmed whether it was learnt and proved; otherwise a person has set it
   * @param since when it was trusted
   */
  public record TrustedAuthserv(String id, boolean confirmed, Instant since) {}

  /** The authserv-id that people trust; null: none. */
  public @Nullable String authservId() {
    return authserv == null ? null : authserv.id();
  }

  /** Whether it is a platform transport, set by the operator: it belongs to no organisation. */
  public boolean isPlatform() {
    return organization.isOperator();
  }

  /** Whether an operator paused it. */
  public boolean isPaused() {
    return pausedAt != null;
  }

  /** Whether its owner must consent again (OAuth 2.0) before it can be used. */
  public boolean needsReauthorization() {
    return needsReauthorizationAt != null;
  }

  /** Where it is in its life. */
  public AccountLifecycle life() {
    return AccountLifecycle.of(this);
  }

  /** Whether its mailbox is to be watched. */
  public boolean isReceiving() {
    return inboundEnabled && !isPaused() && !needsReauthorization();
  }

  /** Whether mail may leave through it now. */
  public boolean isSending() {
    return outboundEnabled && !isPaused() && !needsReauthorization();
  }

  /**
   * The settings of one side.
   *
   * @throws IllegalStateException if the account has no such server
   */
  public ServerSettings server(Protocol protocol) {
    ServerSettings server = settings.side(protocol);
    if (server == null) {
      throw new IllegalStateException("account " + id + " has no " + protocol.word() + " settings");
    }
    return server;
  }
}

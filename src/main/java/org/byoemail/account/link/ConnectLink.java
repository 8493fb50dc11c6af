package org.byoemail.account.link;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * A one-time link by which the owner of a mailbox connects it to an agent. Holds no secret: the
 * token is shown once, in {@link NewConnectLink}.
 *
 * @param organization the agent's
 * @param mended the account that is signed in again; null: the link creates one
 * @param address the only address that may be connected; null: the owner types one
 * @param signIn names of OAuth providers, and {@code password}; empty: any. Or one {@link
 *     Application} alone
 * @param anyServers whether the holder may name other servers than those that were found for the
 *     address
 * @param returnUrl where the browser goes afterwards; null: nowhere
 * @param state opaque, returned to {@code returnUrl}
 * @param createdBy name of the key or the user
 * @param status at the time of the query
 */
public record ConnectLink(
    UUID id,
    OrganizationId organization,
    AgentId agent,
    @Nullable AccountId mended,
    @Nullable EmailAddress address,
    List<String> signIn,
    boolean anyServers,
    @Nullable String returnUrl,
    @Nullable String state,
    String createdBy,
    Instant createdAt,
    Instant expiresAt,
    Status status,
    Progress progress) {
  private static final char KIND = ':';

  /** The word in {@link #signIn} for signing in by password. */
  public static final String PASSWORD = "password";

  /** What the link can still do. */
  public enum Status {
    /** It can be used. */
    OPEN,
    /** A mailbox was connected by it. */
    USED,
    /** It was withdrawn. */
    REVOKED,
    /** It has expired. */
    EXPIRED;

    /** The word of the API and the console. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Access that nobody consents to, as the maker of a link names it: {@code provider:kind}.
   *
   * @param kind a grant type without a person
   */
  public record Application(String provider, String kind) {
    /** Reads what a link names; empty if it is a provider, or the password. */
    public static Optional<Application> of(String way) {
      int colon = way.indexOf(KIND);
      return colon < 0
          ? Optional.empty()
          : Optional.of(new Application(way.substring(0, colon), way.substring(colon + 1)));
    }

    /** As in {@link ConnectLink#signIn}. */
    @Override
    public String toString() {
      return provider + KIND + kind;
    }
  }

  /** Which browser may use the link. */
  public enum Binding {
    /** The browser that presses the button first. */
    NONE,
    /** The browser of this request. */
    THIS,
    /** Another one. */
    OTHER
  }

  /**
   * How far its holder has got.
   *
   * @param attempts addresses looked up and sign-ins tried
   * @param openedAt when it was bound to a browser; null: not yet
   * @param chosen the address that the holder typed; null: none yet
   * @param proposal what was found out about that address; null: nothing
   * @param account that it created or signed in again, in use from {@code usedAt} on; null: none
   */
  public record Progress(
      Binding binding,
      int attempts,
      @Nullable Instant openedAt,
      @Nullable EmailAddress chosen,
      @Nullable MailboxProposal proposal,
      @Nullable AccountId account,
      @Nullable Instant usedAt) {}

  public ConnectLink {
    signIn = List.copyOf(signIn);
  }

  /** Whether its holder may sign in that way. */
  public boolean allows(String way) {
    return signIn.isEmpty() || signIn.contains(way);
  }

  /**
   * The application whose access the maker of the link has named for its address; empty: the holder
   * signs in.
   */
  public Optional<Application> application() {
    return address == null || mended != null || signIn.size() != 1
        ? Optional.empty()
        : Application.of(signIn.get(0));
  }

  /** The account that the link reauthorizes or has connected; null if none yet. */
  public @Nullable AccountId connected() {
    return status == Status.USED ? progress.account() : mended;
  }

  /** The fixed address, or else the one that was chosen; null: none yet. */
  public @Nullable EmailAddress mailbox() {
    return address == null ? progress.chosen() : address;
  }

  /** Names the id only. */
  @Override
  public String toString() {
    return "ConnectLink[" + id + "]";
  }
}

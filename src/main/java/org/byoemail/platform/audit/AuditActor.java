package org.byoemail.platform.audit;

import java.util.Locale;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.access.Caller;
import org.jspecify.annotations.Nullable;

/**
 * Who made a change.
 *
 * @param id of the person, the API key or the connect link; null: the actor has none
 * @param name of the console's user, the API key or the provider; never a secret
 * @param organization of the person or the API key; null: all of them, or neither
 */
public record AuditActor(
    Kind kind, @Nullable UUID id, String name, @Nullable OrganizationId organization) {
  static final AuditActor GATEWAY = new AuditActor(Kind.GATEWAY, null, "gateway", null);
  static final AuditActor ANONYMOUS = new AuditActor(Kind.ANONYMOUS, null, "anonymous", null);

  /** The name under which organisations see the operator's people and keys. */
  private static final String OPERATOR = "operator";

  /** The kinds of actors. */
  public enum Kind {
    /** A person who is logged in to the console. */
    USER,
    /** An API key. */
    KEY,
    /** The holder of a connect link. */
    LINK,
    /** A mail or OAuth provider, by a report or an answer of its own. */
    PROVIDER,
    /** An operation over JMX. */
    JMX,
    /** The gateway itself. */
    GATEWAY,
    /** A request without key or login. */
    ANONYMOUS;

    /** The word of the API and of the database. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Kind of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }

  /** The holder of a connect link. */
  public static AuditActor link(UUID id) {
    return new AuditActor(Kind.LINK, id, "connect link", null);
  }

  /** A provider. */
  public static AuditActor provider(String name) {
    return new AuditActor(Kind.PROVIDER, null, name, null);
  }

  /** An operation over JMX. */
  public static AuditActor jmx() {
    return new AuditActor(Kind.JMX, null, "JMX", null);
  }

  static AuditActor of(Caller caller) {
    return new AuditActor(
        caller.kind() == Caller.Kind.USER ? Kind.USER : Kind.KEY,
        caller.kind() == Caller.Kind.USER ? caller.person() : caller.key(),
        caller.name(),
        caller.organization());
  }

  /**
   * Whether an organisation may see its name: names of the operator's people and keys are hidden.
   */
  boolean isShownTo(@Nullable OrganizationId viewer) {
    boolean operators = kind == Kind.USER || kind == Kind.KEY;
    return viewer == null || !operators || viewer.equals(organization);
  }

  AuditActor withoutName() {
    return new AuditActor(kind, null, OPERATOR, null);
  }
}

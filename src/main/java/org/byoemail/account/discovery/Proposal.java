package org.byoemail.account.discovery;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.byoemail.account.provider.SignIn;
import org.byoemail.account.registry.ServerSettings.Security;
import org.jspecify.annotations.Nullable;

/**
 * Settings that may be right for a mailbox.
 *
 * @param provider the name of the provider; null if unknown
 * @param displayName the provider's name for people, or its domain
 * @param smtp null if no server was found
 * @param imap null if no server was found
 * @param signIn the ways to sign in, the recommended one first
 * @param tenant the Microsoft Entra tenant of the domain; null if unknown or absent
 * @param source where the settings come from
 * @param notes what the owner of the mailbox should know beforehand
 */
public record Proposal(
    @Nullable String provider,
    String displayName,
    @Nullable Server smtp,
    @Nullable Server imap,
    List<SignIn> signIn,
    @Nullable String tenant,
    Source source,
    Confidence confidence,
    List<String> notes) {

  /** One server, and the user name for it. */
  public record Server(String host, int port, Security security, String username) {}

  /** Where settings come from. */
  public enum Source {
    /** The provider of the domain is known. */
    PRESET,
    /** The provider of the domain's mail exchanger is known. */
    MX,
    /** A document of the domain in Thunderbird's format. */
    AUTOCONFIG,
    /** SRV records of the domain (RFC 6186, RFC 8314). */
    SRV,
    /** The domain's autodiscover name leads to Microsoft. */
    AUTODISCOVER,
    /** Mozilla's database of providers. */
    ISPDB,
    /** A server answers at a usual name. */
    GUESS;

    /** The word in the API. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How likely the settings are right. */
  public enum Confidence {
    HIGH,
    MEDIUM,
    LOW;

    /** The word in the API. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether it proposes the same servers. */
  boolean hasServersOf(Proposal other) {
    return Objects.equals(smtp, other.smtp) && Objects.equals(imap, other.imap);
  }

  public Proposal {
    signIn = List.copyOf(signIn);
    notes = List.copyOf(notes);
  }
}

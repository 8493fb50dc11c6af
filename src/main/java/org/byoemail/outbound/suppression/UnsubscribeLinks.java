package org.byoemail.outbound.suppression;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.registry.SealedSecret;
import org.byoemail.account.registry.SecretUnreadable;
import org.byoemail.account.registry.Secrets;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.access.PublicUrl;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The links by which recipients unsubscribe from an agent (RFC 8058). A link's token is sealed and
 * contains what it stands for, so that nothing is stored for a mail and the link outlives it. Safe
 * for use by many threads and nodes.
 */
@Component
public class UnsubscribeLinks {
  /** The longest token that is read, in characters. */
  public static final int MAX_TOKEN = 600;

  /** How the subject of a mail begins that unsubscribes; the token follows. */
  public static final String SUBJECT = "unsubscribe ";

  private static final String PATH = "/connect/unsubscribe/";

  /** What the seal is bound to: a secret of a row opens nothing here, nor a token there. */
  private static final UUID OWNER = new UUID(0, 0);

  private static final String FIELD = "unsubscribe";
  private static final int ID_CHARACTERS = 22;

  private final Secrets secrets;
  private final PublicUrl publicUrl;

  UnsubscribeLinks(Secrets secrets, PublicUrl publicUrl) {
    this.secrets = secrets;
    this.publicUrl = publicUrl;
  }

  /** Who unsubscribes from whom, and by which mail. */
  public record Subject(AgentId agent, StoredMessageId message, EmailAddress address) {}

  /** Whether links can be made: RFC 8058 asks for https. */
  public boolean areAvailable() {
    return publicUrl.isHttps();
  }

  /** The token of a mail to one recipient; another one at each call. */
  public String token(Subject subject) {
    String text =
        text(subject.agent().value()) + text(subject.message().value()) + subject.address().value();
    byte[] sealed = secrets.seal(OWNER, FIELD, text).bytes();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
  }

  /**
   * The link with a token.
   *
   * @throws org.byoemail.platform.access.PublicUrlMissing if the gateway's address is not set
   */
  public String link(String token) {
    return publicUrl.required(PATH + token);
  }

  /** What the subject of a mail stands for; empty if it is none that unsubscribes. */
  public Optional<Subject> ofSubject(String subject) {
    String stripped = subject.strip();
    return stripped.regionMatches(true, 0, SUBJECT, 0, SUBJECT.length())
        ? open(stripped.substring(SUBJECT.length()).strip())
        : Optional.empty();
  }

  /** What a token stands for; empty if no key of this gateway has sealed it. */
  public Optional<Subject> open(String token) {
    if (token.length() > MAX_TOKEN) {
      return Optional.empty();
    }
    try {
      byte[] sealed = Base64.getUrlDecoder().decode(token);
      String text = secrets.open(OWNER, FIELD, new SealedSecret(sealed));
      return Optional.ofNullable(subject(text));
    } catch (IllegalArgumentException | SecretUnreadable e) {
      return Optional.empty();
    }
  }

  private static @Nullable Subject subject(String text) {
    return text.length() <= 2 * ID_CHARACTERS
        ? null
        : new Subject(
            new AgentId(id(text.substring(0, ID_CHARACTERS))),
            new StoredMessageId(id(text.substring(ID_CHARACTERS, 2 * ID_CHARACTERS))),
            new EmailAddress(text.substring(2 * ID_CHARACTERS)));
  }

  private static String text(UUID id) {
    byte[] bytes =
        ByteBuffer.allocate(Long.BYTES * 2)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static UUID id(String text) {
    ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
    return new UUID(bytes.getLong(), bytes.getLong());
  }
}

package org.byoemail.outbound.outbox;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.byoemail.account.connection.GatewayMail;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.outbound.delivery.PlatformMails;
import org.byoemail.outbound.review.MailReviewer;
import org.byoemail.outbound.review.Review;
import org.byoemail.outbound.review.ReviewMailSettings;
import org.byoemail.outbound.review.ReviewMails.Due;
import org.byoemail.outbound.review.ReviewerConfirmations;
import org.byoemail.platform.access.PublicUrl;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Composes the mails to reviewers, and sends them by a transport of the platform. Thread-safe. */
@Component
class ReviewNotices {
  private static final String PATH = "/connect/review/";
  private static final String CONFIRMATION_PATH = "/connect/reviewer/";
  private static final int MAX_SHOWN = 120;
  private static final int MAX_NAMED = 5;

  private final Agents agents;
  private final PublicUrl publicUrl;
  private final ReviewMailSettings settings;
  private final PlatformMails transport;

  ReviewNotices(
      Agents agents, PublicUrl publicUrl, ReviewMailSettings settings, PlatformMails transport) {
    this.agents = agents;
    this.publicUrl = publicUrl;
    this.settings = settings;
    this.transport = transport;
  }

  /** Which setting is missing before reviewers can be mailed; null: none. */
  @Nullable String missing() {
    if (!transport.isConfigured()) {
      return "mail to reviewers needs a platform transport: set byo.transport.relay or"
          + " byo.transport.postmark";
    }
    if (settings.sender() == null) {
      return "mail to reviewers needs a sender that the platform's transport may send as: set"
          + " byo.review.mail.from";
    }
    return publicUrl.isSet()
        ? null
        : "mail to reviewers has a link to a page of this gateway: set byo.public-url";
  }

  /** Why no mail can be sent at present; null if mail can be sent. */
  @Nullable String obstacle() {
    String missing = missing();
    return missing == null ? transport.obstacle(sender()) : missing;
  }

  /** The address that the mails come from; set unless a setting is {@link #missing}. */
  private EmailAddress sender() {
    return Objects.requireNonNull(settings.sender());
  }

  /**
   * Sends a mail that asks for a decision. Only while there is no {@link #obstacle}.
   *
   * @param token of its link
   * @return why it was not sent; null if it was
   */
  @Nullable String ask(Due due, Review review, String token) {
    return send(due.reviewer(), from -> compose(due, review, from, token));
  }

  /**
   * Sends the mail with which a new reviewer confirms the address. Only while there is no {@link
   * #obstacle}.
   *
   * @param token of its link
   * @return why it was not sent; null if it was
   */
  @Nullable String askToConfirm(MailReviewer reviewer, String token) {
    return send(reviewer, from -> confirmation(reviewer, from, token));
  }

  /** Composes a mail from the sender's address. */
  private interface Composer {
    MimeMessage compose(EmailAddress from) throws MessagingException;
  }

  private @Nullable String send(MailReviewer to, Composer composer) {
    EmailAddress from = sender();
    try {
      return transport.send(composer.compose(from), from, to.address());
    } catch (MessagingException e) {
      return "it cannot be composed: " + e.getMessage();
    }
  }

  /** A mail that is sent again has the same Message-ID. */
  private MimeMessage compose(Due due, Review review, EmailAddress from, String token)
      throws MessagingException {
    String agent = unlinked(agents.find(review.agent()).map(one -> one.name()).orElse("an agent"));
    return new GatewayMail(
            named(from),
            due.reviewer().address(),
            // Fixed, since the gateway's own address vouches for it.
            "A mail waits for your approval",
            text(due, review, agent, publicUrl.required(PATH + token)),
            review.requestedAt())
        .composed("byo-review." + due.id());
  }

  /** The only text of a tenant in it is the name of the organization. */
  private MimeMessage confirmation(MailReviewer reviewer, EmailAddress from, String token)
      throws MessagingException {
    String text =
        String.join(
                "\r\n",
                "Somebody has added this address as a reviewer: a person who is asked to",
                "approve mail of agents before it is sent.",
                "",
                "Organization:  " + unlinked(reviewer.organization().value()),
                "Gateway:       " + unlinked(publicUrl.host().orElse("")),
                "",
                "If you expect this, open the page and confirm:",
                publicUrl.required(CONFIRMATION_PATH + token),
                "",
                "Opening the link changes nothing. It is valid for "
                    + ReviewerConfirmations.VALID_DAYS
                    + " days.",
                "If you do not expect this, do nothing: you will not be asked.")
            + "\r\n";
    return new GatewayMail(
            named(from),
            reviewer.address(),
            "Confirm that you review mail",
            text,
            reviewer.createdAt())
        .composed("byo-reviewer." + reviewer.id());
  }

  private NamedAddress named(EmailAddress from) {
    return new NamedAddress(publicUrl.host().orElse("the mail gateway") + " (reviews)", from);
  }

  private static String text(Due due, Review review, String agent, String link) {
    List<String> to = review.version().recipients();
    List<String> lines = new ArrayList<>();
    lines.add("A mail waits for a person's approval before it is sent.");
    lines.add("");
    lines.add("Organization:  " + review.organization().value());
    lines.add("Agent:         " + agent);
    lines.add(
        "To:            "
            + line(to.stream().limit(MAX_NAMED).collect(Collectors.joining(", ")))
            + (to.size() > MAX_NAMED ? " and " + (to.size() - MAX_NAMED) + " more" : ""));
    lines.add("Subject:       \"" + unlinked(review.version().subject()) + "\"");
    lines.add("Decide before: " + GatewayMail.time(review.expiresAt()));
    lines.add("");
    lines.add("Read it here:");
    lines.add(link);
    lines.add("");
    lines.add("Opening the link changes nothing. To decide, that page asks for");
    lines.add(
        due.reviewer().byCode()
            ? "the code that you were given when you were named as a reviewer."
            : "a login to the gateway's console.");
    lines.add("The link is valid for this version of the mail, once, and for you alone:");
    lines.add("do not forward it.");
    return String.join("\r\n", lines) + "\r\n";
  }

  /** Text of a tenant, changed so that no mail program turns it into a link. */
  private static String unlinked(String text) {
    return line(text).replaceAll("(?<=\\S)[.:@](?=\\S)", "$0 ");
  }

  /** Text of an agent, as one short line. */
  private static String line(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() > MAX_SHOWN ? line.substring(0, MAX_SHOWN) + "…" : line;
  }
}

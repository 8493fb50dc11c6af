package org.byoemail.outbound.outbox;

import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.UnsupportedEncodingException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.byoemail.account.connection.SmtpUtf8Addresses;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.Ascii;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.outbound.review.Review;
import org.byoemail.outbound.review.ReviewMailSettings;
import org.byoemail.outbound.review.ReviewMails.Due;
import org.byoemail.platform.access.PublicUrl;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Composes the mails that ask reviewers. Thread-safe. */
@Component
class ReviewNotices {
  private static final String UTF_8 = "UTF-8";
  private static final String PATH = "/connect/review/";
  private static final int MAX_SHOWN = 120;
  private static final int MAX_NAMED = 5;
  private static final DateTimeFormatter WHEN =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final Agents agents;
  private final PublicUrl publicUrl;
  private final ReviewMailSettings settings;

  ReviewNotices(Agents agents, PublicUrl publicUrl, ReviewMailSettings settings) {
    this.agents = agents;
    this.publicUrl = publicUrl;
    this.settings = settings;
  }

  /** The address that they come from; null: it is not set. */
  @Nullable EmailAddress sender() {
    return settings.sender();
  }

  /** Which setting is missing; null: none. */
  @Nullable String missing() {
    if (settings.sender() == null) {
      return "mail to reviewers needs a sender that the platform's transport may send as: set"
          + " byo.review.mail.from";
    }
    return publicUrl.isSet()
        ? null
        : "mail to reviewers has a link to a page of this gateway: set byo.public-url";
  }

  /** A mail with a link; repeated ones have the same Message-ID. */
  MimeMessage compose(Due due, Review review, EmailAddress from, String token)
      throws MessagingException {
    String to = due.reviewer().address().value();
    boolean ascii = Ascii.isAll(to) && Ascii.isAll(from.value());
    Session session = ascii ? null : SmtpUtf8Addresses.mailSession();
    MimeMessage mail = new MimeMessage(session);
    String gateway = publicUrl.host().orElse("the mail gateway");
    String agent = unlinked(agents.find(review.agent()).map(one -> one.name()).orElse("an agent"));
    try {
      mail.setFrom(new InternetAddress(from.value(), gateway + " (reviews)", UTF_8));
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("every Java platform has UTF-8", e);
    }
    mail.setRecipient(RecipientType.TO, new InternetAddress(to));
    // Fixed, since the gateway's own address vouches for it.
    mail.setSubject("A mail waits for your approval", UTF_8);
    mail.setSentDate(Date.from(review.requestedAt()));
    mail.setText(text(due, review, agent, publicUrl.required(PATH + token)), UTF_8);
    mail.setHeader("Auto-Submitted", "auto-generated");
    mail.saveChanges();
    // Saving the mail would replace the Message-ID.
    mail.setHeader("Message-ID", "<byo-review." + due.id() + "@" + from.domain() + ">");
    return mail;
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
    lines.add("Decide before: " + WHEN.format(review.expiresAt()));
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

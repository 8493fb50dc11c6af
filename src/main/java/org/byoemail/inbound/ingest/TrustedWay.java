package org.byoemail.inbound.ingest;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.byoemail.format.authentication.SenderVerdict.Proofs;
import org.jspecify.annotations.Nullable;

/**
 * A way by which mail of a contact may come although its sender is not proven. All that it names
 * must be proven; a List-Id alone proves nothing.
 *
 * @param contact an address, or a domain with {@code @} before it
 * @param signer the domain of a signature that passes, whose labels may be {@code *}; null: any
 * @param envelope the domain for which the receiving server says spf=pass; null: any
 * @param list the List-Id; null: any
 * @param invitation only mail that carries an invitation (text/calendar)
 */
public record TrustedWay(
    UUID id,
    String contact,
    @Nullable String signer,
    @Nullable String envelope,
    @Nullable String list,
    boolean invitation,
    Instant createdAt) {

  /** Domains that send and sign mail of all their customers, and name none of them. */
  private static final List<String> SHARED =
      List.of(
          "gmail.com",
          "google.com",
          "amazonses.com",
          "sendgrid.net",
          "mailgun.org",
          "mcsv.net",
          "mcdlv.net",
          "rsgsv.net",
          "mandrillapp.com",
          "sparkpostmail.com",
          "sendinblue.com",
          "brevosend.com",
          "mailjet.com",
          "postmarkapp.com",
          "mtasv.net",
          "zendesk.com",
          "outlook.com",
          "hotmail.com",
          "yahoo.com",
          "hubspotemail.net",
          "salesforce.com");

  /**
   * Services that sign the invitations of their users, having made sure of the organizer's address:
   * one of them needs no envelope where the way is for invitations only.
   */
  private static final Set<String> CALENDARS = Set.of("google.com");

  private static final int MAX_LIST = 250;
  private static final Pattern DOMAIN =
      Pattern.compile("(?=.{3,253}$)([a-z0-9_-]{1,63}|\\*)(\\.([a-z0-9_-]{1,63}|\\*))+");

  /** A way as a person enters it. */
  record Draft(
      String contact,
      @Nullable String signer,
      @Nullable String envelope,
      @Nullable String list,
      boolean invitation) {
    /**
     * @throws TrustedWayInvalid naming the field and the remedy
     */
    Draft {
      contact = contact.strip().toLowerCase(Locale.ROOT);
      signer = lower(signer);
      envelope = lower(envelope);
      list = lower(list);
      if (signer == null && envelope == null) {
        throw new TrustedWayInvalid(
            "signer", "is required unless envelope is given: anybody can write a List-Id");
      }
      if (invitation && (signer == null || envelope != null)) {
        throw new TrustedWayInvalid(
            "invitation", "takes a signer and no envelope: leave one of the two out");
      }
      if (signer != null && !DOMAIN.matcher(signer).matches()) {
        throw new TrustedWayInvalid("signer", "must be a domain; * stands for one label");
      }
      boolean calendar = invitation && isCalendar(signer);
      if (signer != null && envelope == null && isShared(signer) && !calendar) {
        throw new TrustedWayInvalid(
            "envelope", "is required with signer " + signer + ", which signs for many senders");
      }
      if (envelope != null && (envelope.contains("*") || !DOMAIN.matcher(envelope).matches())) {
        throw new TrustedWayInvalid("envelope", "must be a domain");
      }
      if (envelope != null && isShared(envelope) && (signer == null || isShared(signer))) {
        throw new TrustedWayInvalid(
            "signer",
            "of the sender's own is required with envelope " + envelope + ", which many share");
      }
      if (list != null && list.length() > MAX_LIST) {
        throw new TrustedWayInvalid("list", "must have at most 250 characters");
      }
    }

    /** Whether all that it names is proven. */
    boolean matches(Proofs proofs) {
      return TrustedWay.matches(signer, envelope, list, invitation, proofs);
    }
  }

  private static @Nullable String lower(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip().toLowerCase(Locale.ROOT);
  }

  /** Whether a signature or an envelope of that domain says nothing of who wrote the mail. */
  static boolean isShared(String domain) {
    String[] labels = domain.split("\\.");
    return labels.length < 2
        || labels[0].equals("*")
        || labels[labels.length - 1].equals("*")
        || labels[labels.length - 2].equals("*")
        || SHARED.stream().anyMatch(one -> domain.equals(one) || domain.endsWith("." + one));
  }

  /** Whether that domain signs invitations whose organizer it knows. */
  static boolean isCalendar(@Nullable String signer) {
    return signer != null && CALENDARS.contains(signer);
  }

  /** Whether all that it names is proven. */
  boolean matches(Proofs proofs) {
    return matches(signer, envelope, list, invitation, proofs);
  }

  private static boolean matches(
      @Nullable String signer,
      @Nullable String envelope,
      @Nullable String list,
      boolean invitation,
      Proofs proofs) {
    boolean signed =
        signer == null || proofs.signers().stream().anyMatch(one -> matches(signer, one));
    return signed
        && (signer != null || envelope != null)
        && (envelope == null || envelope.equals(proofs.envelope()))
        && (list == null || list.equals(proofs.list()))
        && (!invitation || proofs.invitation());
  }

  private static boolean matches(String pattern, String domain) {
    String[] wanted = pattern.split("\\.");
    String[] found = domain.split("\\.");
    if (wanted.length != found.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (!wanted[i].equals("*") && !wanted[i].equals(found[i])) {
        return false;
      }
    }
    return true;
  }
}

package org.byoemail.account.registry;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.byoemail.format.mail.EmailAddress;

/**
 * Who may write to an agent and to whom it may write.
 *
 * @param contacts addresses ({@code a@x}) and domains ({@code @domain}), lower case
 * @param requireAuthentication with {@link Unproven#ADMIT}: whether mail of listed contacts must be
 *     authentic, as far as the receiving server checks it
 * @param unproven what becomes of mail of a contact whose sender is not proven
 * @param findings what becomes of mail with a finding, by its kind; those that are missing are
 *     marked
 */
public record ContactPolicy(
    Mode inbound,
    Mode outbound,
    List<String> contacts,
    boolean requireAuthentication,
    Unproven unproven,
    Map<String, FindingAction> findings) {
  /** How many contacts an agent has at most. */
  public static final int MAX_CONTACTS = 10_000;

  /** What becomes of mail of a contact, under known and listed, whose sender is not proven. */
  public enum Unproven {
    /** It is held for review. */
    HOLD,
    /** It is ingested, as before there were verdicts. */
    ADMIT;

    /** The word of the contract and of the database. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads the word.
     *
     * @throws IllegalArgumentException naming the words there are
     */
    public static Unproven of(String word) {
      try {
        return valueOf(word.strip().toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("must be one of hold, admit", e);
      }
    }
  }

  /** How far a direction is open. */
  public enum Mode {
    /** Anyone. */
    OPEN,
    /** The contacts, and addresses that the agent has written to. */
    KNOWN,
    /** The contacts only. */
    LISTED;

    /** The word of the contract and of the database. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Reads what is stored; a word of a newer release is the strictest. */
    public static Mode stored(String word) {
      try {
        return of(word);
      } catch (IllegalArgumentException e) {
        return LISTED;
      }
    }

    /**
     * Reads the word.
     *
     * @throws IllegalArgumentException naming the words there are
     */
    public static Mode of(String word) {
      try {
        return valueOf(word.strip().toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("must be one of open, known, listed", e);
      }
    }
  }

  public ContactPolicy {
    contacts = contacts.stream().map(c -> c.strip().toLowerCase(Locale.ROOT)).distinct().toList();
    contacts.forEach(ContactPolicy::requireContact);
    findings = Collections.unmodifiableMap(new TreeMap<>(findings));
  }

  /** A policy that marks all findings. */
  public ContactPolicy(
      Mode inbound,
      Mode outbound,
      List<String> contacts,
      boolean requireAuthentication,
      Unproven unproven) {
    this(inbound, outbound, contacts, requireAuthentication, unproven, Map.of());
  }

  /** The same, with other findings. */
  public ContactPolicy with(Map<String, FindingAction> others) {
    return new ContactPolicy(inbound, outbound, contacts, requireAuthentication, unproven, others);
  }

  /** A policy that requires authentic mail, as for a new agent. */
  public ContactPolicy(Mode inbound, Mode outbound, List<String> contacts) {
    this(inbound, outbound, contacts, true, Unproven.HOLD);
  }

  /** Known correspondents may write to the agent; it may write to anyone. */
  public static ContactPolicy standard() {
    return new ContactPolicy(Mode.KNOWN, Mode.OPEN, List.of());
  }

  /** Whether mail of contacts that is not authentic is held. */
  public boolean failsClosed() {
    return inbound != Mode.OPEN && unproven == Unproven.HOLD;
  }

  /** Whether the address, or its domain, is among the contacts. */
  public boolean lists(EmailAddress address) {
    return contacts.contains(address.value()) || contacts.contains("@" + address.domain());
  }

  private static void requireContact(String contact) {
    try {
      EmailAddress.parse(contact.startsWith("@") ? "anybody" + contact : contact);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "a contact is an address (a@example.org) or a domain (@example.org), not '"
              + contact
              + "'",
          e);
    }
  }
}

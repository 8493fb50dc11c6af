package org.byoemail.inbound.ingest;

import java.net.IDN;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.byoemail.account.provider.Provider;
import org.byoemail.account.provider.Providers;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.platform.conversation.Conversations;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Finds senders that look like a contact of the agent, or like the account's own domain: by letters
 * that people confuse, by one letter, or by the name of a contact with another address. What is
 * compared with is prepared once for each agent, and again after ten minutes or another change of
 * its contacts. Safe for use by many threads.
 */
@Component
class Lookalikes {
  private static final Duration FRESH = Duration.ofMinutes(10);
  private static final int MAX_AGENTS = 200;
  private static final int MAX_NAMED = 1000;

  /** Shorter names belong to many people. */
  private static final int MIN_NAME = 5;

  private final BiFunction<AgentId, List<EmailAddress>, List<NamedAddress>> names;
  private final Clock clock;
  private final Set<String> publicDomains;
  private final Map<AgentId, Known> prepared =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<AgentId, Known> eldest) {
          return size() > MAX_AGENTS;
        }
      };

  @Autowired
  Lookalikes(Conversations conversations, Providers providers, Clock clock) {
    this(conversations::namesOf, providers, clock);
  }

  /** With the names under which addresses have written to an agent. */
  Lookalikes(
      BiFunction<AgentId, List<EmailAddress>, List<NamedAddress>> names,
      Providers providers,
      Clock clock) {
    this.names = names;
    this.clock = clock;
    this.publicDomains =
        providers.all().stream()
            .map(Provider::domains)
            .flatMap(List::stream)
            .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether addresses of the domain are anybody's. */
  boolean isPublic(String domain) {
    return publicDomains.contains(domain);
  }

  /**
   * Says whom a sender looks like, in one phrase.
   *
   * @param contacts the agent's contacts: addresses, and domains with @ before them
   * @param own the address of the account
   */
  Optional<String> find(
      AgentId agent, List<String> contacts, EmailAddress own, NamedAddress sender) {
    Known known = known(agent, contacts);
    String domain = unicode(sender.address().domain());
    boolean anybodys = isPublic(sender.address().domain());
    String address = sender.address().localPart() + "@" + domain;
    return Optional.ofNullable(known.addresses().get(Skeletons.of(address)))
        .filter(contact -> !contact.equals(address))
        .or(() -> anybodys ? Optional.empty() : domain(known, own, domain))
        .map(contact -> sender.address() + " looks like " + contact)
        .or(
            () ->
                oneLetterOff(known, own, address, anybodys ? "" : domain)
                    .map(contact -> sender.address() + " is one letter off " + contact))
        .or(() -> name(known, sender));
  }

  private Optional<String> domain(Known known, EmailAddress own, String domain) {
    String skeleton = Skeletons.of(domain);
    String ofContact = known.domains().get(skeleton);
    if (ofContact != null) {
      return ofContact.equals(domain) ? Optional.empty() : Optional.of(ofContact);
    }
    String ours = unicode(own.domain());
    boolean resembles =
        !isPublic(own.domain()) && !ours.equals(domain) && Skeletons.of(ours).equals(skeleton);
    return resembles ? Optional.of(ours) : Optional.empty();
  }

  /**
   * The contact that an address differs from by one letter.
   *
   * @param domain empty: only whole addresses are compared
   */
  private Optional<String> oneLetterOff(
      Known known, EmailAddress own, String address, String domain) {
    String ours = unicode(own.domain());
    if (!domain.isEmpty() && !isPublic(own.domain()) && SingleEdit.is(domain, ours)) {
      return Optional.of("@" + ours);
    }
    for (String contact : known.contacts()) {
      int at = contact.lastIndexOf('@');
      if (at > 0 && SingleEdit.is(address, contact)
          || !domain.isEmpty() && SingleEdit.is(domain, contact.substring(at + 1))) {
        return Optional.of(contact);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> name(Known known, NamedAddress sender) {
    String skeleton = nameSkeleton(sender.name());
    return Optional.ofNullable(skeleton.isEmpty() ? null : known.names().get(skeleton))
        .filter(contact -> !contact.equals(sender.address().value()))
        .map(contact -> sender.address() + " has the name of " + contact);
  }

  private static String nameSkeleton(String name) {
    String words = name.strip().replaceAll("[\\s,.\"']+", " ");
    return words.codePointCount(0, words.length()) < MIN_NAME ? "" : Skeletons.of(words);
  }

  /**
   * What senders are compared with.
   *
   * @param given the contacts that it was made from
   * @param contacts the same, their domains in Unicode
   * @param addresses the contacts that are addresses, by their skeletons
   * @param domains the domains of all contacts, by their skeletons
   * @param names the addresses of contacts by the skeletons of their names
   */
  private record Known(
      Instant until,
      List<String> given,
      List<String> contacts,
      Map<String, String> addresses,
      Map<String, String> domains,
      Map<String, String> names) {}

  private Known known(AgentId agent, List<String> contacts) {
    Known found;
    synchronized (prepared) {
      found = prepared.get(agent);
    }
    if (found != null
        && clock.instant().isBefore(found.until())
        && found.given().equals(contacts)) {
      return found;
    }
    Known made = prepare(agent, contacts);
    synchronized (prepared) {
      prepared.put(agent, made);
    }
    return made;
  }

  private Known prepare(AgentId agent, List<String> contacts) {
    List<String> readable = new ArrayList<>();
    Map<String, String> addresses = new HashMap<>();
    Map<String, String> domains = new HashMap<>();
    for (String contact : contacts) {
      int at = contact.lastIndexOf('@');
      String domain = unicode(contact.substring(at + 1));
      String whole = contact.substring(0, at + 1) + domain;
      readable.add(whole);
      if (at > 0) {
        addresses.putIfAbsent(Skeletons.of(whole), whole);
      }
      if (!isPublic(contact.substring(at + 1))) {
        domains.putIfAbsent(Skeletons.of(domain), domain);
      }
    }
    List<EmailAddress> named =
        contacts.stream()
            .filter(contact -> !contact.startsWith("@"))
            .limit(MAX_NAMED)
            .map(EmailAddress::new)
            .toList();
    Map<String, String> bySkeleton = new HashMap<>();
    for (NamedAddress one : names.apply(agent, named)) {
      String skeleton = nameSkeleton(one.name());
      if (!skeleton.isEmpty()) {
        bySkeleton.putIfAbsent(skeleton, one.address().value());
      }
    }
    return new Known(
        clock.instant().plus(FRESH), contacts, readable, addresses, domains, bySkeleton);
  }

  private static String unicode(String domain) {
    return domain.contains("xn--") ? IDN.toUnicode(domain, IDN.ALLOW_UNASSIGNED) : domain;
  }
}

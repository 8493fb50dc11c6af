package org.byoemail.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.Endpoint;
import org.byoemail.account.registry.Endpoints;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.SubmissionIds;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.byoemail.platform.search.MessageSearch;
import org.byoemail.platform.search.SearchHit;
import org.byoemail.platform.search.SearchQuery;
import org.byoemail.platform.search.SearchRefused;
import org.byoemail.platform.search.SearchTooSlow;
import org.byoemail.platform.search.SearchesBusy;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The search box of every page: what an id, a Message-ID, a submission id or an address belongs to,
 * and the messages that a full-text search finds.
 */
@Controller
class SearchPageController {
  private static final int PAGE_SIZE = 25;
  private static final int MAX_EXACT = 20;
  private static final int MAX_LENGTH = 400;

  private final Accounts accounts;
  private final Agents agents;
  private final Endpoints endpoints;
  private final Messages messages;
  private final SubmissionIds submissions;
  private final MessageSearch search;

  SearchPageController(
      Accounts accounts,
      Agents agents,
      Endpoints endpoints,
      Messages messages,
      SubmissionIds submissions,
      MessageSearch search) {
    this.accounts = accounts;
    this.agents = agents;
    this.endpoints = endpoints;
    this.messages = messages;
    this.submissions = submissions;
    this.search = search;
  }

  /** What has the id, or the address, that was searched for. */
  record Exact(String kind, String name, String path) {}

  /** A message that was found. */
  record Line(
      String path,
      Badge status,
      String direction,
      String from,
      String to,
      String subject,
      String snippet,
      DisplayTime at) {

    static Line of(SearchHit hit) {
      return new Line(
          SearchPageController.path(hit.direction().equals("outbound"), hit.id()),
          Badge.of(hit.status()),
          hit.direction(),
          hit.from(),
          String.join(", ", hit.to()),
          hit.subject(),
          hit.snippet(),
          DisplayTime.of(hit.createdAt()));
    }
  }

  @GetMapping("/console/search")
  String search(
      @RequestParam(defaultValue = "") String q,
      @RequestParam(required = false) @Nullable String cursor,
      Model model) {
    String words = q.strip();
    words = words.length() > MAX_LENGTH ? words.substring(0, MAX_LENGTH) : words;
    model.addAttribute("q", words);
    if (words.isEmpty()) {
      return "search";
    }
    Optional<EmailAddress> address = address(words);
    if (cursor == null) {
      model.addAttribute("exact", exact(words, address.orElse(null)));
    }
    try {
      List<SearchHit> hits = hits(words, address.isPresent(), cursor);
      model.addAttribute("lines", hits.stream().limit(PAGE_SIZE).map(Line::of).toList());
      model.addAttribute("next", hits.size() > PAGE_SIZE ? hits.get(PAGE_SIZE - 1).cursor() : null);
    } catch (SearchRefused e) {
      model.addAttribute("problem", "The search " + e.getMessage() + ".");
    } catch (SearchTooSlow e) {
      model.addAttribute(
          "problem", "The search took too long. Add a rarer word, or after: with a date.");
    } catch (SearchesBusy e) {
      model.addAttribute("problem", "Too many searches are running. Try again in a moment.");
    }
    return "search";
  }

  // An address is in fields, which words do not search.
  private List<SearchHit> hits(String words, boolean isAddress, @Nullable String cursor) {
    if (!isAddress) {
      return find(words, cursor, PAGE_SIZE + 1);
    }
    List<SearchHit> hits = new ArrayList<>(find("from:" + words, null, PAGE_SIZE));
    hits.addAll(find("to:" + words, null, PAGE_SIZE));
    hits.sort((one, other) -> other.createdAt().compareTo(one.createdAt()));
    return hits.stream().limit(PAGE_SIZE).toList();
  }

  private List<SearchHit> find(String query, @Nullable String cursor, int limit) {
    return search.find(
        new MessageSearch.Request(SearchQuery.read(query), Viewer.organization(), null),
        cursor,
        limit);
  }

  private List<Exact> exact(String words, @Nullable EmailAddress address) {
    List<Exact> found = new ArrayList<>();
    uuid(words).ifPresent(id -> addWithId(found, id));
    if (address != null) {
      endpoints.find(address).ifPresent(endpoint -> addEndpoint(found, endpoint));
      found.add(
          new Exact(
              "suppressions",
              address.value(),
              UriComponentsBuilder.fromPath("/console/suppressions")
                  .queryParam("address", "{address}")
                  .build(address.value())
                  .toString()));
    }
    List<StoredMessageId> ids =
        new ArrayList<>(messages.withMessageId(words.replaceAll("^<|>$", ""), MAX_EXACT));
    ids.addAll(submissions.messages(words));
    ids.stream().distinct().limit(MAX_EXACT).forEach(id -> addMessage(found, id));
    return found;
  }

  private void addWithId(List<Exact> found, UUID id) {
    accounts
        .find(new AccountId(id))
        .filter(account -> Viewer.sees(account.organization()))
        .ifPresent(
            account ->
                found.add(
                    new Exact("account", account.address().value(), "/console/accounts/" + id)));
    agents
        .find(new AgentId(id))
        .filter(agent -> Viewer.sees(agent.organization()))
        .ifPresent(agent -> found.add(new Exact("agent", agent.name(), "/console/agents/" + id)));
    addMessage(found, new StoredMessageId(id));
  }

  private void addEndpoint(List<Exact> found, Endpoint endpoint) {
    accounts
        .ofEndpoint(endpoint.id())
        .filter(account -> Viewer.sees(account.organization()))
        .ifPresent(
            account ->
                found.add(
                    new Exact(
                        "account",
                        account.address().value(),
                        "/console/accounts/" + account.id().value())));
    Optional.ofNullable(endpoint.owner())
        .flatMap(agents::find)
        .filter(agent -> Viewer.sees(agent.organization()))
        .ifPresent(
            agent ->
                found.add(
                    new Exact("agent", agent.name(), "/console/agents/" + agent.id().value())));
  }

  private void addMessage(List<Exact> found, StoredMessageId id) {
    Optional<Message> message =
        messages.withoutTexts(id).filter(one -> Viewer.sees(one.organization()));
    message.ifPresent(
        one ->
            found.add(
                new Exact(
                    "message",
                    one.subject().isBlank() ? "(no subject)" : one.subject(),
                    path(messages.isOutbound(id), id.value()))));
  }

  private static String path(boolean outbound, UUID id) {
    return (outbound ? "/console/outbox/" : "/console/inbox/") + id;
  }

  private static Optional<EmailAddress> address(String words) {
    try {
      return Optional.of(EmailAddress.parse(words));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // Words, not an address.
    }
  }

  private static Optional<UUID> uuid(String words) {
    try {
      return Optional.of(UUID.fromString(words));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // Words, not an id.
    }
  }
}

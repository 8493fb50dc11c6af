package org.byoemail.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.AgentId;
import org.byoemail.outbound.draft.Draft;
import org.byoemail.outbound.draft.Drafts;
import org.byoemail.outbound.submission.SubmissionSource;
import org.byoemail.outbound.submission.Submissions;
import org.byoemail.outbound.submission.SubmittedBy;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.access.ResponseBudget;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.ModelMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * The pages of drafts: which there are, what is in one, and sending or deleting it as it was shown.
 */
@Controller
@RequestMapping("/console/drafts")
class DraftPageController {
  private static final int PAGE_SIZE = 50;

  /** A content is in memory as text, as JSON, and in the page. */
  private static final int COPIES = 8;

  private final Drafts drafts;
  private final Agents agents;
  private final AgentChoices choices;
  private final ResponseBudget budget;
  private final ObjectMapper json;

  DraftPageController(
      Drafts drafts,
      Agents agents,
      AgentChoices choices,
      ResponseBudget budget,
      ObjectMapper json) {
    this.drafts = drafts;
    this.agents = agents;
    this.choices = choices;
    this.budget = budget;
    this.json = json;
  }

  /** A draft in the list and on its page. */
  record DraftView(
      UUID id,
      int version,
      Badge status,
      @Nullable UUID message,
      String from,
      List<String> recipients,
      String subject,
      DisplayTime createdAt,
      DisplayTime changedAt) {

    static DraftView of(Draft draft) {
      return new DraftView(
          draft.id(),
          draft.version(),
          draft.sentAs() == null ? Badge.waiting("open") : Badge.good("sent"),
          draft.sentAs() == null ? null : draft.sentAs().value(),
          draft.from(),
          draft.recipients(),
          draft.subject(),
          DisplayTime.of(draft.createdAt()),
          DisplayTime.of(draft.changedAt()));
    }
  }

  /** The content of a draft, as it was written. */
  record ContentView(
      String from,
      String to,
      String cc,
      String bcc,
      String sendAt,
      String text,
      String html,
      List<String> files,
      String json) {

    static ContentView of(JsonNode content) {
      String body = content.path("body").asText("");
      return new ContentView(
          content.path("from").asText(""),
          list(content.path("to")),
          list(content.path("cc")),
          list(content.path("bcc")),
          content.path("sendAt").asText(""),
          body.isEmpty() ? content.path("text").asText("") : body,
          content.path("html").asText(""),
          StreamSupport.stream(content.path("attachments").spliterator(), false)
              .map(file -> file.path("name").asText(file.path("id").asText("")))
              .toList(),
          content.toPrettyString());
    }

    private static String list(JsonNode addresses) {
      return addresses.isArray()
          ? String.join(
              ", ",
              StreamSupport.stream(addresses.spliterator(), false).map(JsonNode::asText).toList())
          : addresses.asText("");
    }
  }

  @GetMapping
  String list(
      @RequestParam(required = false) @Nullable UUID agent,
      @RequestParam(required = false) @Nullable UUID before,
      ModelMap model) {
    Page<DraftView> page =
        Page.of(
            drafts.list(source(), agent, before, PAGE_SIZE + 1).stream()
                .map(DraftView::of)
                .toList(),
            PAGE_SIZE,
            DraftView::id,
            Function.identity());
    Agent chosen = agent == null ? null : agents.find(new AgentId(agent)).orElse(null);
    choices.addTo(model, chosen);
    model.addAttribute("agent", agent);
    model.addAttribute("drafts", page.items());
    model.addAttribute("next", page.next());
    return "drafts/list";
  }

  @GetMapping("/{id}")
  String show(@PathVariable UUID id, ModelMap model) {
    budget.take((long) Drafts.MAX_BYTES * COPIES);
    Draft draft = find(id);
    model.addAttribute("draft", DraftView.of(draft));
    model.addAttribute("written", content(draft));
    model.addAttribute("agent", agents.find(draft.agent()).orElse(null));
    return "drafts/show";
  }

  /** Sends the version that was shown; another one is refused. */
  @PostMapping("/{id}/send")
  String send(@PathVariable UUID id, @RequestParam int version, RedirectAttributes flash) {
    find(id);
    return FlashActions.run(
        flash,
        "/console/drafts/" + id,
        null,
        () -> {
          Submissions.Accepted accepted =
              drafts.send(person(), id, version).orElseThrow(() -> new ResourceNotFound("draft"));
          flash.addFlashAttribute(
              "done",
              accepted.created() ? "The draft will be sent." : "The draft was sent before.");
        });
  }

  @GetMapping("/{id}/delete")
  String ask(@PathVariable UUID id, ModelMap model) {
    model.addAttribute("draft", DraftView.of(find(id)));
    return "drafts/delete";
  }

  @PostMapping("/{id}/delete")
  String delete(@PathVariable UUID id, @RequestParam int version, RedirectAttributes flash) {
    find(id);
    String next =
        FlashActions.run(
            flash,
            "/console/drafts",
            "The draft is deleted.",
            () -> drafts.delete(source(), id, version));
    return flash.getFlashAttributes().containsKey("refused")
        ? "redirect:/console/drafts/" + id
        : next;
  }

  private static SubmissionSource source() {
    return new SubmissionSource(Viewer.organization());
  }

  // Organizations must not see the names of the operator's people.
  private static SubmissionSource person() {
    String name = Viewer.caller().publicName();
    return source().as(new SubmittedBy("user", null, name));
  }

  private Draft find(UUID id) {
    return drafts.find(source(), id).orElseThrow(() -> new ResourceNotFound("draft"));
  }

  private @Nullable ContentView content(Draft draft) {
    try {
      return draft.content() == null ? null : ContentView.of(json.readTree(draft.content()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the content of draft " + draft.id() + " is no JSON", e);
    }
  }
}

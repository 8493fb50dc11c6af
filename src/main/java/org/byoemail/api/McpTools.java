package org.byoemail.api;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.byoemail.api.AgentViews.Format;
import org.byoemail.platform.access.Caller;
import org.springframework.stereotype.Component;

/**
 * Runs the tools of the MCP server by what serves the API: the same checks, limits, tenancy and
 * idempotence. Thread-safe.
 */
@Component
class McpTools {
  private static final int MAX_ID = 200;
  private static final int MAX_TEXT = 1_000;
  private static final int MAX_HITS = 50;
  private static final int DEFAULT_HITS = 20;
  private static final int MAX_CHARACTERS = 50_000;
  private static final int DEFAULT_CHARACTERS = 10_000;
  private static final int MAX_WAIT = 30;

  private final MessageSearches searches;
  private final AgentViews views;
  private final MessageReader messages;
  private final MailWait wait;
  private final McpSending sending;
  private final NewContactRequests contacts;
  private final MailData data;

  McpTools(
      MessageSearches searches,
      AgentViews views,
      MessageReader messages,
      MailWait wait,
      McpSending sending,
      NewContactRequests contacts,
      MailData data) {
    this.contacts = contacts;
    this.searches = searches;
    this.views = views;
    this.messages = messages;
    this.wait = wait;
    this.sending = sending;
    this.data = data;
  }

  /**
   * Runs a tool.
   *
   * @return the text of its result; empty: the response comes later
   */
  Optional<String> run(McpTool tool, ToolArguments arguments, McpCall call) throws IOException {
    Caller caller = call.caller();
    return switch (tool) {
      case SEARCH_MAIL -> Optional.of(data.of(search(caller, arguments)));
      case READ_MESSAGE ->
          Optional.of(
              data.of(
                  views.message(
                      caller,
                      arguments.id("message"),
                      Format.TEXT,
                      arguments.number("offset", 0, Integer.MAX_VALUE, 0),
                      characters(arguments))));
      case READ_CONVERSATION ->
          Optional.of(
              data.of(
                  views.conversation(
                      caller,
                      arguments.id("conversation"),
                      Format.TEXT,
                      RequestParams.cursor(arguments.text("cursor", MAX_ID)),
                      characters(arguments))));
      case WHY -> Optional.of(data.of(messages.why(caller, arguments.id("message"))));
      case WAIT_FOR_MAIL -> waitFor(arguments, call);
      case DRAFT -> Optional.of(sending.draft(arguments, call));
      case SEND -> Optional.of(sending.send(arguments, call));
      case REPLY -> Optional.of(sending.reply(arguments, call));
      case REQUEST_CONTACT -> Optional.of(data.of(requestContact(caller, arguments)));
    };
  }

  private Object search(Caller caller, ToolArguments arguments) {
    return searches.find(
        caller,
        caller.organization(),
        arguments.required("q", MAX_TEXT),
        arguments.text("cursor", MAX_TEXT),
        arguments.number("limit", 1, MAX_HITS, DEFAULT_HITS));
  }

  private Object requestContact(Caller caller, ToolArguments arguments) {
    String agent = arguments.text("agent", MAX_ID);
    return ContactRequestsController.RequestResponse.of(
        contacts
            .ask(
                caller,
                agent == null ? null : arguments.id("agent"),
                arguments.required("address", MAX_TEXT),
                arguments.required("reason", MAX_TEXT))
            .request());
  }

  private static int characters(ToolArguments arguments) {
    return arguments.number("max", AgentViews.MIN_CHARACTERS, MAX_CHARACTERS, DEFAULT_CHARACTERS);
  }

  private Optional<String> waitFor(ToolArguments arguments, McpCall call) throws IOException {
    MailMatch match =
        new MailMatch(
            arguments.text("from", MAX_TEXT),
            arguments.text("to", MAX_TEXT),
            arguments.text("subject", MAX_TEXT),
            arguments.text("text", MAX_TEXT),
            arguments.flag("authentic"));
    MailWait.WaitRequest wanted =
        new MailWait.WaitRequest(
            match,
            RequestParams.since(arguments.text("since", MAX_ID)),
            arguments.position("after"),
            Duration.ofSeconds(arguments.number("seconds", 0, MAX_WAIT, MAX_WAIT)));
    return wait.find(wanted, call);
  }
}

package org.byoemail.command.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Sends a mail, once, although it tries again when the gateway cannot be reached. */
final class SendCommand extends GatewayCommand {
  private static final int ATTEMPTS = 4;
  private static final long PAUSE_MILLIS = 1_000;
  private static final int MAX_BODY = 8 << 20;
  private static final long MAX_FILE = 18 << 20;

  private static final String ID = "--id";
  private static final String BODY = "--body";
  private static final String ATTACH = "--attach";

  /** The options whose values are taken as they are, with their fields. */
  private static final Map<String, String> FIELDS =
      Map.of(
          "--from", "from",
          "--subject", "subject",
          "--format", "bodyFormat",
          "--reply-to", "replyTo",
          "--in-reply-to", "inReplyTo",
          "--send-at", "sendAt");

  private static final Map<String, String> LISTS =
      Map.of("--to", "to", "--cc", "cc", "--bcc", "bcc");

  private static final String USAGE =
      """
      usage: BYO_API_KEY=... java -jar byo-email.jar send --from ADDRESS --to ADDRESS [options]

      Sends a mail with the text of --body, or else of the standard input.

        --from ADDRESS        of an agent, or the id of an endpoint
        --to, --cc, --bcc ADDRESS   may be repeated
        --subject TEXT
        --body TEXT
        --format auto|text|markdown|html   of the body (default auto)
        --attach FILE         may be repeated
        --reply-to ADDRESS
        --in-reply-to ID      of the message that is answered
        --send-at TIME        such as 2026-11-24T09:00:00Z
        --id ID               the same id again sends nothing more (default: a new one)
        --url URL             of the gateway (default http://localhost:8080)
        --json                JSON, as when the output is piped

      Exit status: 0 accepted, 1 refused or not reached, 2 wrong arguments.
      """;

  private final Pause pause;

  /** Waits between two attempts. */
  interface Pause {
    void millis(long millis) throws InterruptedException;
  }

  SendCommand(CommandLine line) {
    this(line, Thread::sleep);
  }

  SendCommand(CommandLine line, Pause pause) {
    super("send", line);
    this.pause = pause;
  }

  @Override
  Set<String> valued() {
    return Set.of(
        "--from",
        "--subject",
        "--format",
        "--reply-to",
        "--in-reply-to",
        "--send-at",
        "--to",
        "--cc",
        "--bcc",
        ID,
        BODY,
        ATTACH);
  }

  @Override
  Set<String> flags() {
    return Set.of();
  }

  @Override
  String usage() {
    return USAGE;
  }

  @Override
  int run(CommandOptions options, GatewayApi api) throws IOException, InterruptedException {
    ObjectNode submission = submission(options);
    JsonNode accepted = accepted(api, submission);
    line()
        .out()
        .println(
            isJson(options)
                ? accepted.toString()
                : "accepted as message "
                    + accepted.path("messageId").asText()
                    + ", id "
                    + accepted.path("id").asText());
    return DONE;
  }

  /** Tries again with the same id: what was accepted before is not sent twice. */
  private JsonNode accepted(GatewayApi api, ObjectNode submission)
      throws IOException, InterruptedException {
    boolean unsure = false;
    for (int attempt = 1; ; attempt++) {
      try {
        return api.post("/messages", submission);
      } catch (IOException e) {
        boolean refused = e instanceof GatewayApi.Refused one && !one.isTemporary();
        unsure |= !refused;
        if (refused || attempt == ATTEMPTS) {
          if (unsure) {
            complain(
                "it is not known whether the mail was accepted: repeat the command with --id "
                    + submission.path("id").asText()
                    + ", so that it is not sent twice");
          }
          throw e;
        }
        complain("trying again after " + e.getClass().getSimpleName());
        pause.millis(PAUSE_MILLIS << attempt);
      }
    }
  }

  private ObjectNode submission(CommandOptions options) throws IOException {
    ObjectNode submission = JsonNodeFactory.instance.objectNode();
    String id = options.one(ID);
    submission.put("id", id == null ? UUID.randomUUID().toString() : id);
    for (Map.Entry<String, String> field : FIELDS.entrySet()) {
      String value = options.one(field.getKey());
      if (value != null) {
        submission.put(field.getValue(), value);
      }
    }
    LISTS.forEach(
        (option, field) -> {
          if (options.has(option)) {
            options.all(option).forEach(submission.withArray(field)::add);
          }
        });
    if (!submission.has("from") || !submission.has("to")) {
      throw new IllegalArgumentException("--from and --to are required");
    }
    submission.put("body", body(options.one(BODY)));
    for (String file : options.all(ATTACH)) {
      attach(submission.withArray("attachments"), Path.of(file));
    }
    return submission;
  }

  private String body(@Nullable String given) throws IOException {
    if (given != null) {
      return given;
    }
    byte[] read = line().in().readNBytes(MAX_BODY + 1);
    if (read.length > MAX_BODY) {
      throw new IllegalArgumentException("the body is longer than 8 MB");
    }
    return new String(read, StandardCharsets.UTF_8);
  }

  private static void attach(ArrayNode attachments, Path file) throws IOException {
    if (Files.size(file) > MAX_FILE) {
      throw new IllegalArgumentException(file + " is larger than 18 MB");
    }
    ObjectNode one = attachments.addObject().put("name", String.valueOf(file.getFileName()));
    String type = Files.probeContentType(file);
    if (type != null) {
      one.put("contentType", type);
    }
    one.put("content", Files.readAllBytes(file)); // Jackson writes Base64.
  }
}

package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.Tokens;
import org.byoemail.inbound.ingest.InjectedMails;
import org.byoemail.operations.setup.FieldProblem;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Takes in mail that a test gives, in test organizations. */
@RestController
@RequestMapping("/api/v1/test/inbound")
@Tag(name = "messages")
class TestInboundController {
  private static final int MAX_ID = 200;
  private static final int MAX_LINE = 998;

  private final Accounts accounts;
  private final InjectedMails injected;

  TestInboundController(Accounts accounts, InjectedMails injected) {
    this.accounts = accounts;
    this.injected = injected;
  }

  /** The body of a request. */
  @Schema(name = "TestInboundRequest")
  record Request(
      @Schema(
              requiredMode = Schema.RequiredMode.REQUIRED,
              description =
                  "of your choice; an id that is repeated for the account is taken in once")
          @Nullable String id,
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED, description = "that receives the mail")
          @Nullable UUID account,
      @Nullable
          @Schema(description = "the whole mail (message/rfc822) as Base64, instead of the fields")
          String raw,
      @Nullable @Schema(description = "an address, with a name if you like") String from,
      @Nullable @Schema(description = "addresses; absent: the account's") List<String> to,
      @Nullable String subject,
      @Nullable String text,
      @Nullable String html,
      @Nullable @Schema(description = "absent: one that is made of the id") String messageId,
      @Nullable @Schema(description = "the Message-ID of the mail that it replies to")
          String inReplyTo) {}

  @PostMapping
  @Operation(
      operationId = "injectInboundMail",
      summary = "Inject a mail in a test organization",
      description =
          "Takes a mail in as if it had been fetched from the account's mailbox: contact policy,"
              + " reading, screening, threading and events are the same. Only for accounts of"
              + " organizations that `byo.test.organizations` names; elsewhere a 409"
              + " `not_a_test_organization`. The body has at most 1 MB.")
  @ApiResponse(
      responseCode = "201",
      description = "It was taken in; `status` says what became of it.",
      content = @Content(schema = @Schema(implementation = InboundMailResponse.class)))
  @ApiResponse(
      responseCode = "200",
      description = "It had been given before with the same id.",
      content = @Content(schema = @Schema(implementation = InboundMailResponse.class)))
  @ApiResponse(
      responseCode = "404",
      description = "There is no such account.",
      content = @Content(mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE))
  ResponseEntity<InboundMailResponse> inject(
      @AuthenticationPrincipal Caller caller, @RequestBody Request request) {
    List<FieldProblem> problems = new ArrayList<>();
    if (request.id() == null || request.id().isBlank() || request.id().length() > MAX_ID) {
      problems.add(new FieldProblem("id", "must have 1 to " + MAX_ID + " characters"));
    }
    if (request.account() == null) {
      problems.add(new FieldProblem("account", "is required"));
    }
    refuse(problems);
    Account account = find(caller, Objects.requireNonNull(request.account()));
    byte[] mail =
        request.raw() == null ? composed(account, request, problems) : raw(request, problems);
    refuse(problems);
    InjectedMails.Injected taken =
        injected.take(account, Objects.requireNonNull(request.id()), mail);
    ResponseEntity.BodyBuilder response =
        taken.created()
            ? ResponseEntity.status(HttpStatus.CREATED)
            : ResponseEntity.ok().header(IdempotencyKey.REPLAYED, "true");
    return response.body(InboundMailResponse.of(taken.mail()));
  }

  private Account find(Caller caller, UUID id) {
    return accounts
        .find(new AccountId(id))
        .filter(account -> caller.sees(account.organization()))
        .filter(account -> caller.scope() == null || caller.scope().accounts().contains(id))
        .orElseThrow(() -> new ResourceNotFound("account"));
  }

  private static void refuse(List<FieldProblem> problems) {
    if (!problems.isEmpty()) {
      throw new FieldsRefused(problems);
    }
  }

  private static byte[] raw(Request request, List<FieldProblem> problems) {
    boolean alone =
        request.from() == null
            && request.to() == null
            && request.subject() == null
            && request.text() == null
            && request.html() == null
            && request.messageId() == null
            && request.inReplyTo() == null;
    if (!alone) {
      problems.add(new FieldProblem("raw", "is the whole mail: leave the other fields out"));
    }
    try {
      byte[] mail = Base64.getMimeDecoder().decode(request.raw());
      if (mail.length == 0) {
        problems.add(new FieldProblem("raw", "is empty"));
      }
      return mail;
    } catch (IllegalArgumentException e) {
      problems.add(new FieldProblem("raw", "must be a mail as Base64"));
      return new byte[0];
    }
  }

  /** The same request makes the same bytes. */
  private static byte[] composed(Account account, Request request, List<FieldProblem> problems) {
    if (request.from() == null) {
      problems.add(new FieldProblem("from", "is required, or raw"));
    }
    line("subject", request.subject(), problems);
    line("messageId", request.messageId(), problems);
    line("inReplyTo", request.inReplyTo(), problems);
    List<InternetAddress> to = new ArrayList<>();
    List<String> given = request.to() == null ? List.of(account.address().value()) : request.to();
    for (int i = 0; i < given.size(); i++) {
      address("to[" + i + "]", given.get(i), problems, to);
    }
    List<InternetAddress> from = new ArrayList<>();
    if (request.from() != null) {
      address("from", request.from(), problems, from);
    }
    if (!problems.isEmpty()) {
      return new byte[0];
    }
    String key =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(Tokens.sha256(account.id() + " " + request.id()));
    try {
      GivenMail mail =
          new GivenMail(
              request.messageId() == null
                  ? "<" + key + "@injected.invalid>"
                  : request.messageId().strip());
      mail.setFrom(from.get(0));
      mail.setRecipients(RecipientType.TO, to.toArray(InternetAddress[]::new));
      if (request.subject() != null) {
        mail.setSubject(request.subject(), StandardCharsets.UTF_8.name());
      }
      if (request.inReplyTo() != null) {
        mail.setHeader("In-Reply-To", request.inReplyTo().strip());
        mail.setHeader("References", request.inReplyTo().strip());
      }
      String text = Objects.requireNonNullElse(request.text(), "");
      if (request.html() == null) {
        mail.setText(text, StandardCharsets.UTF_8.name());
      } else {
        MimeBodyPart plain = new MimeBodyPart();
        plain.setText(text, StandardCharsets.UTF_8.name());
        MimeBodyPart html = new MimeBodyPart();
        html.setText(request.html(), StandardCharsets.UTF_8.name(), "html");
        mail.setContent(new SameBoundary(key, plain, html));
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      mail.writeTo(bytes);
      return bytes.toByteArray();
    } catch (MessagingException e) {
      throw new FieldsRefused("from", "a mail cannot be made of the fields: " + e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void line(String field, @Nullable String text, List<FieldProblem> problems) {
    if (text != null
        && (text.length() > MAX_LINE || text.chars().anyMatch(Character::isISOControl))) {
      problems.add(
          new FieldProblem(field, "must be a line of at most " + MAX_LINE + " characters"));
    }
  }

  private static void address(
      String field,
      @Nullable String text,
      List<FieldProblem> problems,
      List<InternetAddress> addresses) {
    line(field, text, problems);
    try {
      addresses.add(new InternetAddress(String.valueOf(text), true));
    } catch (AddressException e) {
      problems.add(new FieldProblem(field, "must be an address such as ben@example.com"));
    }
  }

  /** A mail whose Message-ID is given. */
  private static final class GivenMail extends MimeMessage {
    private final String id;

    GivenMail(String id) {
      super((Session) null);
      this.id = id;
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader("Message-ID", id);
    }
  }

  /** Alternatives whose boundary is made of a key. */
  private static final class SameBoundary extends MimeMultipart {
    SameBoundary(String key, MimeBodyPart plain, MimeBodyPart html) throws MessagingException {
      super("alternative");
      contentType = "multipart/alternative; boundary=\"" + key.substring(0, 30) + "\"";
      addBodyPart(plain);
      addBodyPart(html);
    }
  }
}

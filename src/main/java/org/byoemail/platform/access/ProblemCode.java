package org.byoemail.platform.access;

import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;

/**
 * The codes of problem details (RFC 9457): what a program branches on, and each with a page that
 * explains it. They stay the same; their texts may change.
 */
public enum ProblemCode {
  /** The request cannot be read. */
  INVALID_REQUEST(
      HttpStatus.BAD_REQUEST,
      "The request cannot be read, or is refused as a whole: the body is not JSON, the path or query"
          + " cannot be decoded, or a hook refuses the submission.",
      "Correct the request; `detail` names the place. The same request fails again."),
  /** Fields or parameters are invalid. */
  INVALID_FIELDS(
      HttpStatus.BAD_REQUEST,
      "Fields of the body, or parameters, are invalid, missing or unknown.",
      "`errors` names each of them with the reason. Correct them; the same request fails again."),
  /** No key. */
  KEY_MISSING(
      HttpStatus.UNAUTHORIZED,
      "The request has no API key.",
      "Send it as `Authorization: Bearer <key>`."),
  /** A key that does not exist. */
  KEY_UNKNOWN(
      HttpStatus.UNAUTHORIZED,
      "The key does not exist: it was deleted, rotated or mistyped.",
      "Ask an admin for another key. Wrong keys are counted by address: do not retry."),
  /** A key whose time is over. */
  KEY_EXPIRED(
      HttpStatus.UNAUTHORIZED,
      "The key has expired.",
      "An admin creates another one, or rotates it with a later end."),
  /** The key may not do that. */
  PERMISSION_MISSING(
      HttpStatus.FORBIDDEN,
      "The key is valid, but lacks the permission or role that `detail` names.",
      "Use a key that has it. The description of the API names the permission of each operation"
          + " (`x-permission`)."),
  /** The key sees another organization. */
  ORGANIZATION_FORBIDDEN(
      HttpStatus.FORBIDDEN,
      "The request names an organization that the key does not see.",
      "Leave the organization out, or use a key of that organization."),
  /** The key is bound to agents or accounts. */
  BINDING_FORBIDDEN(
      HttpStatus.FORBIDDEN,
      "The key is bound to agents or accounts, and the operation concerns the whole organization.",
      "Use a key that is not bound."),
  /** A web page that may not call this. */
  ORIGIN_FORBIDDEN(
      HttpStatus.FORBIDDEN,
      "The request comes from a web page whose origin may not call the MCP server.",
      "Call it from a program, or ask the operator to add the origin to byo.mcp.allowed-origins."),
  /** There is no such thing. */
  NOT_FOUND(
      HttpStatus.NOT_FOUND,
      "There is no such path or resource, or the key does not see it.",
      "Check the id and the key. What was deleted, or exceeded its retention period, is not found"
          + " either."),
  /** The method is not one of the path's. */
  METHOD_NOT_ALLOWED(
      HttpStatus.METHOD_NOT_ALLOWED,
      "The path exists, but not with this method.",
      "The `Allow` header names the methods."),
  /** No format that the client accepts. */
  NOT_ACCEPTABLE(
      HttpStatus.NOT_ACCEPTABLE,
      "The response has no format that the Accept header permits.",
      "Accept `application/json`, or leave the header out."),
  /** The body came too slowly. */
  REQUEST_TIMEOUT(
      HttpStatus.REQUEST_TIMEOUT,
      "The body of the request arrived too slowly.",
      "Send it again over a better connection. With an id, a submission is sent once."),
  /** The state does not permit it. */
  CONFLICT(
      HttpStatus.CONFLICT,
      "The request is valid, but the present state does not permit it.",
      "`detail` says what stands in the way. Read the resource again before the next try."),
  /** The id was used for another submission. */
  ID_REUSED(
      HttpStatus.CONFLICT,
      "The id, or Idempotency-Key, was used before for a submission with other content.",
      "Use a new id for new content. The same content with the same id is answered with 200, and is"
          + " sent once."),
  /** The message has left, or has ended. */
  MESSAGE_STATE(
      HttpStatus.CONFLICT,
      "The message is in a status that does not permit this: for example, it has left already.",
      "Read the message and its attempts."),
  /** The address belongs to another account or agent. */
  ADDRESS_TAKEN(
      HttpStatus.CONFLICT,
      "The address belongs to another account or agent.",
      "Use the existing account, or delete it first."),
  /** The mailbox is watched for another account. */
  MAILBOX_TAKEN(
      HttpStatus.CONFLICT,
      "Another account watches this mailbox.",
      "One mailbox belongs to one account: use that one."),
  /** Not an organization for tests. */
  NOT_A_TEST_ORGANIZATION(
      HttpStatus.CONFLICT,
      "Mail can be injected in test organizations only, and the organization of the account is none.",
      "Use an account of a test organization: `byo.test.organizations` names them."),
  /** A step of connecting an account comes too early. */
  ACCOUNT_STATE(
      HttpStatus.CONFLICT,
      "The account is not ready for this step: for example, it is enabled before its test passed.",
      "Do the step that `detail` names first."),
  /** The mail server did not do what was asked. */
  SERVER_FAILED(
      HttpStatus.CONFLICT,
      "The mail server of the account could not be reached, or refused what was asked.",
      "`detail` has its words. Test the account to see the step that fails."),
  /** The provider refused the sign-in. */
  OAUTH_FAILED(
      HttpStatus.CONFLICT,
      "The provider refused the sign-in or the token.",
      "Sign in again; `detail` has the provider's reason."),
  /** The cursor was moved by another consumer. */
  CURSOR_CONFLICT(
      HttpStatus.CONFLICT,
      "The event cursor is at another position than the commit expects.",
      "Read the cursor and go on from its position, or commit with `rewind`."),
  /** The resource was changed meanwhile. */
  VERSION_CONFLICT(
      HttpStatus.PRECONDITION_FAILED,
      "The resource has another version than the one that If-Match names: it was changed meanwhile.",
      "Read it again, and repeat the change with its present ETag."),
  /** The events are no longer stored. */
  EVENTS_DELETED(
      HttpStatus.GONE,
      "Events after the position were deleted, because their retention period is over.",
      "Start at `firstPosition`, and read the resources whose events are missing."),
  /** The body or a file is too large. */
  TOO_LARGE(
      HttpStatus.PAYLOAD_TOO_LARGE,
      "The body or a file is larger than permitted.",
      "Send less, or upload files by themselves and refer to them by id."),
  /** The path or query is too long. */
  URI_TOO_LONG(
      HttpStatus.URI_TOO_LONG, "The path with its query is too long.", "Ask for less at a time."),
  /** A Content-Type that the operation does not read. */
  UNSUPPORTED_MEDIA_TYPE(
      HttpStatus.UNSUPPORTED_MEDIA_TYPE,
      "The operation does not read a body of this Content-Type.",
      "Send `application/json`, or what the description of the API names."),
  /** Too many wrong keys. */
  TOO_MANY_WRONG_KEYS(
      HttpStatus.TOO_MANY_REQUESTS,
      "Too many wrong keys came from this address.",
      "Correct the key, and wait for the seconds that Retry-After names."),
  /** More requests than the key may make. */
  RATE_LIMITED(
      HttpStatus.TOO_MANY_REQUESTS,
      "The key has made more requests than it may.",
      "Wait for the seconds that Retry-After names. `RateLimit` says with each response how many"
          + " requests are left; a key can be created with a higher limit."),
  /** Too many requests of a kind. */
  TOO_MANY_REQUESTS(
      HttpStatus.TOO_MANY_REQUESTS,
      "Too many requests of this kind at once.",
      "Wait for the seconds that Retry-After names, and do fewer at the same time."),
  /** The header is too large. */
  HEADER_TOO_LARGE(
      HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
      "The header of the request is too large.",
      "Send fewer or shorter header fields."),
  /** The gateway failed. */
  INTERNAL_ERROR(
      HttpStatus.INTERNAL_SERVER_ERROR,
      "The gateway failed. Its log has the cause.",
      "Try again later; a submission with the same id, so that it is sent once. Report it if it"
          + " stays."),
  /** The gateway does not do that. */
  NOT_IMPLEMENTED(
      HttpStatus.NOT_IMPLEMENTED,
      "The gateway does not know the method or the encoding of the request.",
      "Use those that the description of the API names."),
  /** The gateway is busy. */
  BUSY(
      HttpStatus.SERVICE_UNAVAILABLE,
      "The gateway has no room for this request now.",
      "Wait for the seconds that Retry-After names, and try again with the same id."),
  /** The database is away. */
  DATABASE_UNAVAILABLE(
      HttpStatus.SERVICE_UNAVAILABLE,
      "The database is unavailable.",
      "Try again with the same id; nothing was accepted.");

  /** The path of the pages. */
  public static final String PATH = "/docs/errors";

  private static final String CODE = "code";

  private final HttpStatus status;
  private final String meaning;
  private final String remedy;

  ProblemCode(HttpStatus status, String meaning, String remedy) {
    this.status = status;
    this.meaning = meaning;
    this.remedy = remedy;
  }

  /** The word of the contract, such as {@code invalid_fields}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The status of a response with it. */
  public HttpStatus status() {
    return status;
  }

  /** What it means. */
  public String meaning() {
    return meaning;
  }

  /** What the client does about it. */
  public String remedy() {
    return remedy;
  }

  /** The code of that word; empty if there is none. */
  public static Optional<ProblemCode> of(String word) {
    return Arrays.stream(values()).filter(one -> one.word().equals(word)).findFirst();
  }

  /** The code of responses of that status for which no other is known. */
  static ProblemCode of(HttpStatusCode status) {
    return switch (status.value()) {
      case 401 -> KEY_MISSING;
      case 403 -> PERMISSION_MISSING;
      case 404 -> NOT_FOUND;
      case 405 -> METHOD_NOT_ALLOWED;
      case 406 -> NOT_ACCEPTABLE;
      case 408 -> REQUEST_TIMEOUT;
      case 409 -> CONFLICT;
      case 410 -> EVENTS_DELETED;
      case 412 -> VERSION_CONFLICT;
      case 413 -> TOO_LARGE;
      case 414 -> URI_TOO_LONG;
      case 415 -> UNSUPPORTED_MEDIA_TYPE;
      case 429 -> TOO_MANY_REQUESTS;
      case 431 -> HEADER_TOO_LARGE;
      case 501 -> NOT_IMPLEMENTED;
      case 503 -> BUSY;
      default -> status.is5xxServerError() ? INTERNAL_ERROR : INVALID_REQUEST;
    };
  }

  /** A problem with this code. */
  public ProblemDetail problem(String detail) {
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
    problem.setProperty(CODE, word());
    return problem;
  }

  /**
   * Gives a problem the code of its status unless it has one, and the address of its page as type.
   *
   * @param root the context path
   */
  public static void complete(ProblemDetail problem, String root) {
    Map<String, Object> properties = problem.getProperties();
    if (properties == null || !properties.containsKey(CODE)) {
      problem.setProperty(CODE, of(HttpStatusCode.valueOf(problem.getStatus())).word());
      properties = problem.getProperties();
    }
    if (properties != null) {
      problem.setType(URI.create(root + PATH + "/" + properties.get(CODE)));
    }
  }
}
